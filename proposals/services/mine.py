"""What a delegate has to do with papers: those he is asked to sign, those he leads or signed, what waits for him."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import DateField, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.utils.translation import gettext as _

from congress.models import DueTime
from proposals.models import (
    EDITABLE,
    Feedback,
    Inquiry,
    InquiryState,
    InvitationState,
    Proposal,
    ProposalState,
    Signature,
    SignatureState,
    Undertaking,
    UndertakingState,
)
from proposals.policies import GONE, PROPOSALS

INVITED: Final = "invited"


@dataclass(frozen=True)
class Waiting:
    """One thing a delegate should do about a paper or an enquiry, and by when."""

    text: str
    proposal_id: int = 0
    due_on: date | None = None
    inquiry_id: int = 0


def asked_to_sign(user: Any) -> QuerySet:
    """The papers that wait for the account's signature, the first asked first."""
    rows = Signature.objects.filter(
        mandate__person__user=user, state=SignatureState.INVITED, proposal__state__in=EDITABLE
    )
    return rows.select_related("proposal__lead__person", "proposal__congress__organization").order_by("asked_at", "pk")


def own_papers(user: Any) -> QuerySet:
    """Papers the account leads (`leads`) or signed, the newest first; drafts that were thrown away are gone."""
    own = Signature.objects.filter(proposal=OuterRef("pk"), mandate__person__user=user)
    rows = PROPOSALS.visible(user).filter(Exists(own.filter(state=SignatureState.SIGNED)))
    rows = rows.exclude(state=ProposalState.WITHDRAWN, submitted_at=None)
    return rows.annotate(leads=Exists(own.filter(is_lead=True))).order_by("-leads", "-pk")


def waiting(user: Any) -> Iterator[Waiting]:
    """What the account should do about papers and enquiries now, what it is asked for first. One query."""
    own = Signature.objects.filter(mandate__person__user=user)
    asks = own.filter(proposal=OuterRef("pk"), state=SignatureState.INVITED)
    said = Feedback.objects.filter(proposal=OuterRef("pk"), mandate__person__user=user, round=OuterRef("round"))
    reported = Undertaking.objects.filter(proposal=OuterRef("pk"), state=UndertakingState.REPORTED)
    clock = DueTime.objects.filter(kind="proposal_feedback", subject_id=OuterRef("pk"), closed_at=None)
    leads = Q(lead__person__user=user)
    signs = Q(pk__in=own.filter(state=SignatureState.SIGNED).values("proposal")) | Q(pk__in=PROPOSALS.answered_to(user))
    rows = Proposal.objects.annotate(asks=Exists(asks), feedback_due=Subquery(clock.values("due_on")[:1])).filter(
        Q(asks=True, state__in=EDITABLE)
        | leads & Q(state=ProposalState.RETURNED) & ~Q(lead__status__in=GONE)
        | leads & Exists(reported)
        | Q(
            state__in=EDITABLE,
            lead__status__in=GONE,
            pk__in=own.filter(state=SignatureState.SIGNED, is_lead=False).values("proposal"),
        )
        | signs & Q(state=ProposalState.FEEDBACK) & ~Exists(said)
    )
    columns = ("pk", "asks", "title", "state", "resubmit_by", "feedback_due", "lead__person__name", "lead__status")
    lines = rows.values_list(*columns).union(_invited(user), all=True)
    for line in sorted(lines, key=lambda line: (not line[1], line[0])):
        yield _waiting(line)


def _invited(user: Any) -> QuerySet:
    """The enquiries the account is invited to join, in the columns of `waiting`."""
    nothing = Value(None, DateField())
    rows = Inquiry.objects.filter(
        invitations__mandate__person__user=user, invitations__state=InvitationState.INVITED, state=InquiryState.DRAFT
    )
    rows = rows.annotate(asks=Value(True), said=Value(INVITED), resubmit_by=nothing, feedback_due=nothing)
    names = ("lead__person__name", "lead__status")
    return rows.values_list("pk", "asks", "subject", "said", "resubmit_by", "feedback_due", *names)


def _waiting(line: tuple[Any, ...]) -> Waiting:
    pk, asks, title, state, resubmit_by, feedback_due, name, status = line
    named = {"title": title, "name": name}
    if state == INVITED:
        return Waiting(_("%(name)s invites you to ask: “%(title)s”") % named, inquiry_id=pk)
    if asks:
        return Waiting(_("%(name)s asks you to sign “%(title)s”") % named, pk)
    if status in GONE and state in EDITABLE:
        return Waiting(_("%(name)s has left office: who takes over “%(title)s”?") % named, pk)
    if state == ProposalState.RETURNED:
        return Waiting(_("Complete “%(title)s” and hand it in again") % named, pk, resubmit_by)
    if state == ProposalState.FEEDBACK:
        return Waiting(_("Say what you think of the reply to “%(title)s”") % named, pk, feedback_due)
    return Waiting(_("Was the promise kept? “%(title)s”") % named, pk)
