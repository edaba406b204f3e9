"""The office's first page: the figures, as cards and charts with the numbers readable beneath."""

from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from congress.doors.figures import patient_figures
from congress.models import ImportRun
from congress.policies import CONGRESSES, DUE_TIMES, IMPORTS, MANAGE, VIEW, branches
from delegates.models import CorrectionRequest, Mandate
from delegates.policies import CHANGES, CORRECTIONS, ELECTING_UNITS, MANDATES
from delegates.services import training
from delegates.services.figures import figures

MOST_BARS = 40


def fill(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the figures of what the user may see, and what waits for him."""
    user = request.user
    if not branches(user, VIEW):
        return context | {"welcome_only": True}
    found = _counted(user)
    return context | {
        "cards": _cards(found),
        "by_town": _largest(found["by_town"]),
        "by_category": list(found["delegates_by_category"].items()),
        "by_method": [(method, count) for method, count in found["delegates_by_method"].items() if count],
        "tasks": patient_figures(user, "tasks", lambda: {"tasks": _tasks(user)}, lambda _known: found["delegates"])[
            "tasks"
        ],
    }


def _cards(counted: dict[str, Any]) -> list[dict[str, Any]]:
    delegates = reverse("admin:delegates_mandate_changelist")
    units = reverse("admin:delegates_electingunit_changelist")
    groups = reverse("admin:delegates_delegategroup_changelist")
    return [
        {"title": _("Delegates in office"), "value": counted["delegates"], "link": delegates},
        {
            "title": _("Women"),
            "value": counted["female"],
            "share": _share(counted, "female"),
            "link": f"{delegates}?person__gender__exact=female",
        },
        {
            "title": _("Ethnic minorities"),
            "value": counted["ethnic_minority"],
            "share": _share(counted, "ethnic_minority"),
            "link": delegates,
        },
        _vacancies(counted) | {"link": units},
        {"title": _("Delegate groups"), "value": counted["groups"], "link": groups},
        _training_card(counted["training"]),
    ]


def _vacancies(counted: dict[str, Any]) -> dict[str, Any]:
    """Where nobody has said how many seats there are, none of them can be vacant: that is no 0."""
    if not counted["vacancies"] and not counted["seats_set"]:
        return {"title": _("Vacancies"), "value": "—", "share": _("no seat quota set")}
    return {"title": _("Vacancies"), "value": counted["vacancies"]}


def _seats_set(user: Any) -> bool:
    return (
        ELECTING_UNITS.visible(user).filter(seat_quota__isnull=False).exists()
        or CONGRESSES.visible(user).filter(seats__isnull=False).exists()
    )


def _training_card(counted: dict[str, int]) -> dict[str, Any]:
    return {
        "title": _("Training this year (person-times)"),
        "value": counted["times"],
        "share": _("%(persons)s persons came, %(none)s not yet") % counted,
        "link": reverse("admin:delegates_attendance_changelist"),
    }


def _counted(user: Any) -> dict[str, Any]:
    def count() -> dict[str, Any]:
        known = figures(user) | {"training": training.this_year(user)}
        return known | {"seats_set": bool(known["vacancies"]) or _seats_set(user)}

    return patient_figures(user, "figures", count, lambda known: known["delegates"])


def _largest(by_town: dict[str, int]) -> list[tuple[str, int]]:
    """As many bars as one looks at: all of a district's, of a province's the largest and the others together."""
    if len(by_town) <= MOST_BARS:
        return list(by_town.items())
    ordered = sorted(by_town.items(), key=lambda pair: -pair[1])
    others = sum(number for _town, number in ordered[MOST_BARS:])
    return [*ordered[:MOST_BARS], (_("the %(count)s others") % {"count": len(ordered) - MOST_BARS}, others)]


def _share(counted: dict[str, Any], key: str) -> str:
    total = counted["delegates"]
    return f"{counted[key] / total:.1%}" if total else ""


def _tasks(user: Any) -> list[dict[str, Any]]:
    """What waits for the office, each with its count and where it is done."""
    if not branches(user, MANAGE):
        return []
    late = Q(due_at__lt=timezone.now())
    owed, register = DUE_TIMES.visible(user).filter(closed_at=None), "admin:delegates_mandate_changelist"
    resigning, elected = Mandate.Status.RESIGN_PENDING, Mandate.Status.ELECTED
    asked, checked = CorrectionRequest.State.ASKED, ImportRun.State.CHECKED
    unfiled = CHANGES.visible(user).filter(filing_due_on__isnull=False, filed_on=None)
    times, changes = "admin:congress_duetime_changelist", "admin:delegates_mandatechange_changelist"
    tasks = [
        (
            CORRECTIONS.visible(user).filter(state=asked),
            _("Correction requests waiting for an answer"),
            "admin:delegates_correctionrequest_changelist",
            "state__exact=asked",
        ),
        (
            IMPORTS.visible(user).filter(state=checked),
            _("Imports waiting for confirmation"),
            "admin:congress_importrun_changelist",
            "state__exact=checked",
        ),
        (owed.filter(late), _("Overdue: steps, filings, decisions"), times, "open=late"),
        (owed.filter(~late), _("Due, still in time"), times, ""),
        (MANDATES.visible(user).filter(status=resigning), _("Resignations waiting for a decision"), register,
         f"status={resigning}"),
        (MANDATES.visible(user).filter(status=elected), _("Elected, credentials to be checked"), register,
         f"status={elected}"),
        (unfiled, _("Decisions to be filed with the committee above"), changes, "filing=due"),
    ]  # fmt: skip
    for dotted in settings.DASHBOARD_TASKS:
        tasks += import_string(dotted)(user)
    counts = _counts([rows for rows, *_told in tasks])
    return [
        {"count": counts[place], "title": str(title), "link": f"{reverse(name)}?{query}"}
        for place, (_rows, title, name, query) in enumerate(tasks)
        if place in counts
    ]


def _counts(questions: list[QuerySet]) -> dict[int, int]:
    """How many rows each has that has any, in one query: the desk is opened often."""
    parts = [
        rows.order_by().annotate(place=Value(place)).values("place").annotate(rows=Count("pk"))
        for place, rows in enumerate(questions)
    ]
    counted = [part.values_list("place", "rows") for part in parts]
    return dict(counted[0].union(*counted[1:], all=True))
