"""What a delegate has to do with papers: those he is asked to sign, those he leads or signed, what waits for him."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from congress.models import DueTime
from proposals.models import (
    EDITABLE,
    Feedback,
    Proposal,
    ProposalState,
    Signature,
    SignatureState,
    Undertaking,
    UndertakingState,
)
from proposals.policies import PROPOSALS

HEARD_TOO = (ProposalState.CLOSED, ProposalState.TRACKING)
"""The lead proposer has spoken; the others have their days all the same."""


@dataclass(frozen=True)
class Waiting:
    """One thing a delegate should do about a paper, and by when."""

    text: str
    proposal_id: int
    due_on: date | None = None


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
    """The account's newest papers, `most` of them, and what it should do about any. Two queries.

    Keys are asked first: a delegate has a few dozen papers among a hundred thousand.
    """
    keys, signs, asked, answered = _keys(user)
    said = Feedback.objects.filter(proposal=OuterRef("pk"), mandate__person__user=user, round=OuterRef("round"))
    reported = Undertaking.objects.filter(proposal=OuterRef("pk"), state=UndertakingState.REPORTED)
    clock = DueTime.objects.filter(kind="proposal_feedback", subject_id=OuterRef("pk")).order_by("-pk")
    rows = list(
        Proposal.objects.filter(pk__in=keys)
        .for_list()
        .annotate(
            leads=Exists(Proposal.objects.filter(pk=OuterRef("pk"), lead__person__user=user)),
            said=Exists(said),
            reported=Exists(reported),
            feedback_due=Subquery(clock.values("due_on")[:1]),
        )
        .order_by("pk")
    )
    thrown_away = [row for row in rows if row.state == ProposalState.WITHDRAWN and row.submitted_at is None]
    own = [row for row in rows if row.pk in signs and row not in thrown_away]
    rows.sort(key=lambda row: row.pk not in asked)
    todo = [_todo(row, row.pk in asked, row.pk in signs | answered) for row in rows]
    return own[: -most - 1 : -1], [one for one in todo if one]


def _keys(user: Any) -> tuple[set[int], set[int], set[int], set[int]]:
    """Of all papers of the account; of those it signed, is asked to sign, and is answered in by a merger."""
    concerned = Q(state__in=[SignatureState.SIGNED, SignatureState.INVITED]) | Q(is_lead=True)
    mine = Signature.objects.filter(concerned, mandate__person__user=user)
    rows = list(mine.values_list("proposal", "state", "proposal__merged_into"))
    signs = {key for key, state, _merged in rows if state == SignatureState.SIGNED}
    asked = {key for key, state, _merged in rows if state == SignatureState.INVITED}
    answered = {merged for key, _state, merged in rows if merged and key in signs}
    return {key for key, _state, _merged in rows} | answered, signs, asked, answered


def _todo(row: Any, asked: bool, signs: bool) -> Waiting | None:
    named = {"title": row.title, "name": row.lead.person.name}
    if asked and row.state in EDITABLE:
        return Waiting(_("%(name)s asks you to sign “%(title)s”") % named, row.pk)
    if row.leads and row.state == ProposalState.RETURNED:
        return Waiting(_("Complete “%(title)s” and hand it in again") % named, row.pk, row.resubmit_by)
    today = timezone.localdate()
    told = row.state in HEARD_TOO and row.feedback_due is not None and row.feedback_due >= today
    if signs and not row.said and (row.state == ProposalState.FEEDBACK or told):
        return Waiting(_("Say what you think of the reply to “%(title)s”") % named, row.pk, row.feedback_due)
    if row.leads and row.reported:
        return Waiting(_("Was the promise kept? “%(title)s”") % named, row.pk)
    return None
