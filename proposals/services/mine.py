"""What a delegate has to do with papers: those he is asked to sign, those he leads or signed, what waits for him."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import BooleanField, CharField, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.utils import timezone
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

ENQUIRY: Final = "enquiry"

ANSWERED_STATES = (ProposalState.FEEDBACK, ProposalState.CLOSED, ProposalState.TRACKING, ProposalState.REHANDLING)
HEARD_TOO = (ProposalState.CLOSED, ProposalState.TRACKING)
"""The lead proposer has spoken; the others have their days all the same."""


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
    led = Signature.objects.filter(proposal=OuterRef("pk"), mandate__person__user=user, is_lead=True)
    rows = PROPOSALS.own(user).exclude(state=ProposalState.WITHDRAWN, submitted_at=None)
    return rows.annotate(leads=Exists(led)).order_by("-leads", "-pk")


def at_a_glance(user: Any, most: int) -> tuple[list[Proposal], list[Waiting]]:
    """The account's newest papers, `most` of them, and what it should do about papers and enquiries, what it is asked
    for first. Two queries; one more where a reply is there, and one where it is invited to an enquiry.

    Keys are asked first: a delegate has a few dozen papers among a hundred thousand.
    """
    mine = _mine(user)
    rows = list(Proposal.objects.filter(pk__in=mine.all).for_list().order_by("pk"))
    heard = _heard(user, [row.pk for row in rows if row.state in ANSWERED_STATES])
    thrown_away = [row for row in rows if row.state == ProposalState.WITHDRAWN and row.submitted_at is None]
    own = [row for row in rows if row.pk in mine.signed and row not in thrown_away]
    rows.sort(key=lambda row: row.pk not in mine.asked)
    todo = [_todo(row, mine, heard.get(row.pk)) for row in rows]
    return own[: -most - 1 : -1], [*_invited(mine), *(one for one in todo if one)]


@dataclass(frozen=True)
class Mine:
    """The keys of an account's papers: those it leads, signed, is asked to sign, and is answered in by a merger; and of
    the enquiries it is invited to."""

    led: set[int]
    signed: set[int]
    asked: set[int]
    answered: set[int]
    invited: set[int]

    @property
    def all(self) -> set[int]:
        return self.led | self.signed | self.asked | self.answered


def _mine(user: Any) -> Mine:
    concerned = Q(state__in=[SignatureState.SIGNED, SignatureState.INVITED]) | Q(is_lead=True)
    names = ("proposal", "state", "is_lead", "proposal__merged_into")
    papers = Signature.objects.filter(concerned, mandate__person__user=user).values_list(*names)
    calls = Inquiry.objects.filter(
        invitations__mandate__person__user=user, invitations__state=InvitationState.INVITED, state=InquiryState.DRAFT
    ).annotate(
        what=Value(ENQUIRY, CharField()), leads=Value(False, BooleanField()), into=Value(None, IntegerField())
    )  # fmt: skip
    lines = papers.union(calls.order_by().values_list("pk", "what", "leads", "into"), all=True)
    rows = [line for line in lines if line[1] != ENQUIRY]
    return Mine(
        {key for key, _state, leads, _into in rows if leads},
        {key for key, state, _leads, _into in rows if state == SignatureState.SIGNED},
        {key for key, state, _leads, _into in rows if state == SignatureState.INVITED},
        {into for _key, state, _leads, into in rows if into and state == SignatureState.SIGNED},
        {line[0] for line in lines if line[1] == ENQUIRY},
    )


def _heard(user: Any, keys: list[int]) -> dict[int, Any]:
    """Of papers that were answered: whether the account has said what it thinks, until when it is asked, and whether
    a promise waits for its word."""
    if not keys:
        return {}
    said = Feedback.objects.filter(proposal=OuterRef("pk"), mandate__person__user=user, round=OuterRef("round"))
    reported = Undertaking.objects.filter(proposal=OuterRef("pk"), state=UndertakingState.REPORTED)
    clock = DueTime.objects.filter(kind="proposal_feedback", subject_id=OuterRef("pk")).order_by("-pk")
    rows = Proposal.objects.filter(pk__in=keys).annotate(
        said=Exists(said), reported=Exists(reported), feedback_due=Subquery(clock.values("due_on")[:1])
    )
    return {row.pk: row for row in rows.only("pk")}


def _invited(mine: Mine) -> list[Waiting]:
    if not mine.invited:
        return []
    rows = Inquiry.objects.filter(pk__in=mine.invited).order_by("pk").values_list("pk", "subject", "lead__person__name")
    return [
        Waiting(_("%(name)s invites you to ask: “%(title)s”") % {"name": name, "title": subject}, inquiry_id=pk)
        for pk, subject, name in rows
    ]


def _todo(row: Proposal, mine: Mine, heard: Any) -> Waiting | None:
    named = {"title": row.title, "name": row.lead.person.name}
    if row.state in EDITABLE:
        return _unfinished(row, mine, named)
    if heard is None:
        return None
    told = heard.feedback_due is not None and heard.feedback_due >= timezone.localdate()
    asks = row.state == ProposalState.FEEDBACK or (row.state in HEARD_TOO and told)
    if asks and not heard.said and row.pk in mine.signed | mine.answered:
        return Waiting(_("Say what you think of the reply to “%(title)s”") % named, row.pk, heard.feedback_due)
    if heard.reported and row.pk in mine.led:
        return Waiting(_("Was the promise kept? “%(title)s”") % named, row.pk)
    return None


def _unfinished(row: Proposal, mine: Mine, named: dict[str, str]) -> Waiting | None:
    if row.pk in mine.asked:
        return Waiting(_("%(name)s asks you to sign “%(title)s”") % named, row.pk)
    if row.lead.status in GONE:
        takes = row.pk in mine.signed - mine.led
        return Waiting(_("%(name)s has left office: who takes over “%(title)s”?") % named, row.pk) if takes else None
    if row.pk in mine.led and row.state == ProposalState.RETURNED:
        return Waiting(_("Complete “%(title)s” and hand it in again") % named, row.pk, row.resubmit_by)
    return None
