"""The figures of the register, as the dashboard shows them and the command prints them."""

from collections import Counter
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.module_loading import import_string

from congress.models import Congress, Organization
from congress.policies import CONGRESSES
from congress.querysets import running, within
from delegates.kernel import facts
from delegates.kernel.names import HAN
from delegates.models import (
    Attendance,
    DelegateGroup,
    ElectingUnit,
    ElectionMethod,
    Gender,
    Mandate,
    Vacancy,
    VacancyState,
)
from delegates.policies import ATTENDANCES, GROUPS, MANDATES
from delegates.services.seats import HOLDING


def figures(user: Any, organization: Organization | None = None, congress: Congress | None = None) -> dict[str, Any]:
    """Who is in office, counted. A user gets what the policy shows him; no user means the operator at the console.

    Without a congress, every one that has not ended counts; with an organisation, those of its branch.
    """
    mandates, groups, terms = _seen(user)
    terms = terms.filter(meant(organization, congress))
    counted, by_town = _count(mandates.filter(congress__in=terms).serving())
    methods = {word: counted[f"method_{code}"] for word, code in facts.METHODS.items()}
    categories = {word: counted[f"category_{code}"] for word, code in facts.CATEGORIES.items()}
    return {
        "delegates": counted["delegates"],
        "delegates_by_method": methods,
        "delegates_by_category": categories,
        "female": counted["female"],
        "ethnic_minority": counted["ethnic_minority"],
        "vacancies": _vacancies(terms),
        "groups": groups.filter(congress__in=terms).count(),
        **_training(user, terms),
        "by_town": by_town,
        "re_elected": methods[facts.PRINTED[ElectionMethod.RE_ELECTION]],
        "quota_reduced": methods[facts.PRINTED[ElectionMethod.QUOTA_REDUCTION]],
        "migrant": counted["migrant"],
        "main": categories,
    }


def everything(user: Any, organization: Organization | None = None, congress: Congress | None = None) -> dict[str, Any]:
    """The same with what the floors above count: each under its own name (`settings.FIGURES`), or several figures by
    their names (`settings.FIGURES_BESIDES`)."""
    above = {name: import_string(path)(user, organization, congress) for name, path in settings.FIGURES.items()}
    for path in settings.FIGURES_BESIDES:
        above |= import_string(path)(user, organization, congress)
    return figures(user, organization, congress) | above


def _seen(user: Any) -> tuple[QuerySet, QuerySet, QuerySet]:
    if user is None:
        return Mandate.objects.all(), DelegateGroup.objects.all(), Congress.objects.all()
    return MANDATES.visible(user), GROUPS.visible(user), CONGRESSES.visible(user)


def meant(organization: Organization | None, congress: Congress | None) -> Q:
    """Which terms are counted: the congress asked for, else those that are not over, of the branch if one is named."""
    if congress is not None:
        return Q(pk=congress.pk)
    now = running(timezone.localdate())
    return now & within([organization.path], "organization") if organization else now


def _count(serving: QuerySet) -> tuple[Counter[str], dict[str, int]]:
    """Everything in one query, a row a town: the sums over all towns, and the delegates of each."""
    counts = {
        "delegates": Count("pk"),
        "female": Count("pk", filter=Q(person__gender=Gender.FEMALE)),
        "ethnic_minority": Count("pk", filter=~Q(person__ethnicity=HAN)),
        "migrant": Count("pk", filter=Q(person__migrant=True)),
    }
    counts |= {f"method_{code}": Count("pk", filter=Q(method=code)) for code in facts.METHODS.values()}
    counts |= {f"category_{code}": Count("pk", filter=Q(main_category=code)) for code in facts.CATEGORIES.values()}
    towns = serving.order_by("congress__organization__path").values(
        "congress__organization__path", town=F("congress__organization__name")
    )
    total: Counter[str] = Counter()
    by_town: Counter[str] = Counter()
    for row in towns.annotate(**counts):
        total.update({name: row[name] for name in counts})
        by_town[row["town"]] += row["delegates"]
    return total, dict(by_town)


def _training(user: Any, terms: QuerySet) -> dict[str, int]:
    """Times a delegate came to a training, and persons who did, in the whole of the terms: what was attended counts
    for the mandate he sat in, whoever has left office since.
    """
    seen = Attendance.objects.all() if user is None else ATTENDANCES.visible(user)
    came = seen.filter(mandate__congress__in=terms).order_by()
    return came.aggregate(training_person_times=Count("pk"), training_persons=Count("mandate__person", distinct=True))


def _vacancies(terms: QuerySet) -> int:
    """Seats nobody holds: the open vacancies; of a congress whose units have no quotas, also what its seats lack."""
    vacancies = Vacancy.objects.filter(electing_unit__congress__in=terms, state=VacancyState.OPEN).count()
    units = ElectingUnit.objects.filter(congress=OuterRef("pk"))
    unshared = terms.filter(~Exists(units.filter(seat_quota__isnull=False)), seats__isnull=False)
    counted = unshared.annotate(
        held=Count("mandates", filter=Q(mandates__status__in=HOLDING), distinct=True),
        known=Count(
            "electing_units__vacancies", filter=Q(electing_units__vacancies__state=VacancyState.OPEN), distinct=True
        ),
    )
    lacking = Greatest(F("seats") - F("held") - F("known"), 0)
    return vacancies + (counted.aggregate(lacking=Sum(lacking))["lacking"] or 0)
