"""The credentials committee's report: everybody who was elected and still waits, gathered and judged."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from congress.kernel import audit
from congress.kernel.workflow import Refused, lock
from congress.models import Congress
from delegates.models import CredentialsItem, CredentialsReview, Mandate, MandateStatus, ReviewState
from delegates.policies import REVIEWS


def waiting(congress: Congress) -> QuerySet[Mandate]:
    """Those elected to the congress whom no report speaks of yet."""
    spoken_of = CredentialsItem.objects.exclude(review__state=ReviewState.APPROVED)
    elected = Mandate.objects.filter(congress=congress, status=MandateStatus.ELECTED)
    return elected.exclude(pk__in=spoken_of.values("mandate")).order_by("roster_key", "pk")


@transaction.atomic
def gather(congress: Congress, *, checked_on: date, members: str, opinion: str = "", by: Any) -> CredentialsReview:
    """A new report on everybody who waits, each confirmed until somebody says otherwise. Refused if nobody waits."""
    congress = lock(congress)  # two clicks make one report: the second finds nobody waiting
    mandates = list(waiting(congress))
    if not mandates:
        raise Refused(_("Nobody waits for the check of credentials in %(congress)s.") % {"congress": congress})
    review = CredentialsReview.objects.create(
        congress=congress, checked_on=checked_on, members=members, opinion=opinion
    )
    if not REVIEWS.may_change(by, review):
        raise PermissionDenied
    CredentialsItem.objects.bulk_create([CredentialsItem(review=review, mandate=mandate) for mandate in mandates])
    audit.record(
        "credentials_gather", by=by, subject=str(review), organization=congress.organization, rows=len(mandates)
    )
    return review


@transaction.atomic
def judge(review: CredentialsReview, verdicts: Mapping[int, Mapping[str, Any]], *, by: Any) -> int:
    """Write the points and verdicts of items down, by item; all or none. Says how many changed.

    Raises `Refused` with the sentence of what does not fit, and once the report is submitted.
    """
    review = lock(review)
    if not REVIEWS.may_change(by, review):
        raise Refused(_("The report is submitted: it is not changed any more."))
    changed = 0
    for item in review.items.select_for_update(of=("self",)).select_related("mandate__person"):
        said = verdicts.get(item.pk, {})
        different = {name: value for name, value in said.items() if getattr(item, name) != value}
        if not different:
            continue
        for name, value in different.items():
            setattr(item, name, value)
        try:
            item.full_clean(exclude=["review", "mandate"])
        except ValidationError as problem:
            raise Refused(f"{item.mandate.person.name}：{''.join(problem.messages)}") from None
        item.save()
        changed += 1
    organization = review.congress.organization
    audit.record("credentials_judge", by=by, subject=str(review), organization=organization, rows=changed)
    return changed
