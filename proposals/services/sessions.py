"""What a session of the congress asks of papers: a proposal is handled before the next one opens (R5)."""

from datetime import date

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from congress.kernel import duetimes
from congress.kernel.deadlines import Deadline
from congress.models import DueTime, Session
from proposals.models import ENDED, PRIVATE, Proposal, ProposalKind, ProposalState
from proposals.workflows.papers import WHOLE


def owe_whole() -> int:
    """Once a next session has its day, its office owes by it every proposal that is still open; say how many began.

    Called every night. A session that is put off takes the day with it.
    """
    today, begun = timezone.localdate(), 0
    with translation.override(settings.LANGUAGE_CODE):
        for session in _next_sessions():
            deadline = Deadline(session.starts_on, (_("%(session)s opens") % {"session": session.full_name},))
            known = DueTime.objects.filter(kind=WHOLE, subject_id__in=_open_at(session).values("pk"), closed_at=None)
            for row in known.exclude(due_on=session.starts_on).select_related("organization", "ruled_by"):
                duetimes.move(row, deadline, because=_("The session was moved."))
            owed = set(known.values_list("subject_id", flat=True))
            for proposal in _open_at(session).exclude(pk__in=owed):
                _owe(proposal, deadline, today)
                begun += 1
    return begun


def _next_sessions() -> list[Session]:
    """Of every organisation the next session that has a day."""
    rows = Session.objects.filter(starts_on__gt=timezone.localdate()).select_related("congress__organization")
    found: dict[int, Session] = {}
    for session in rows.order_by("starts_on"):
        found.setdefault(session.congress.organization_id, session)
    return list(found.values())


def _open_at(session: Session) -> QuerySet[Proposal]:
    """Proposals of the organisation's earlier sessions that are not handled; what was promised has days of its own."""
    rows = Proposal.objects.filter(
        kind=ProposalKind.PROPOSAL, congress__organization=session.congress.organization_id,
        session__starts_on__lt=session.starts_on,
    )  # fmt: skip
    return rows.exclude(state__in=[*PRIVATE, *ENDED, ProposalState.TRACKING]).select_related("congress__organization")


def _owe(proposal: Proposal, deadline: Deadline, today: date) -> None:
    duetimes.start(
        f"{WHOLE}:{proposal.pk}",
        kind=WHOLE,
        subject_id=proposal.pk,
        organization=proposal.congress.organization,
        title=_("%(paper)s: handle it before the next session")
        % {"paper": f"{proposal.kind_word}{proposal.number_text}《{proposal.title}》"},
        starts_on=today,
        deadline=deadline,
        link=reverse("admin:proposals_proposal_change", args=[proposal.pk]),
    )
