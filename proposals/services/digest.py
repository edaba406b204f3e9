"""Once a week: what waits for an office and what is late, in one message instead of a dozen."""

from django.urls import reverse
from django.utils import timezone

from congress.kernel import notices
from congress.models import Organization, User
from congress.policies import managers_of
from proposals.models import ENDED, PRIVATE, Proposal
from proposals.services import overview

SHOWN = 10


def weekly() -> int:
    """Post this week's digest to every office that has papers; say how many were owed.

    Called every night: the first night of a week posts it, and if that one was missed, the next. The key holds the
    week, so nobody gets it twice.
    """
    today = timezone.localdate()
    year, week, _day = today.isocalendar()
    owed = [
        notices.Owed(
            f"digest:{year}-{week:02d}:{user.pk}",
            "proposals/notices/digest.txt",
            user,
            reverse("admin:proposals_board"),
            {"waiting": overview.waiting(user, overview.tally(user)), "late": overview.late(user, today, most=SHOWN)},
        )
        for user in _offices()
    ]
    return notices.post_many(owed)


def _offices() -> list[User]:
    """Whoever keeps papers that are not done with."""
    open_ones = Proposal.objects.exclude(state__in=[*PRIVATE, *ENDED])
    organizations = Organization.objects.filter(pk__in=open_ones.order_by().values("congress__organization"))
    found = {user.pk: user for organization in organizations for user in managers_of(organization)}
    return list(found.values())
