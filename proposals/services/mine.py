"""What a delegate has to do with papers: those he is asked to sign, those he leads or signed, what waits for him."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
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
from proposals.policies import GONE, PROPOSALS


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
    own = Signature.objects.filter(proposal=OuterRef("pk"), mandate__person__user=user)
    rows = PROPOSALS.visible(user).filter(Exists(own.filter(state=SignatureState.SIGNED)))
    rows = rows.exclude(state=ProposalState.WITHDRAWN, submitted_at=None)
    return rows.annotate(leads=Exists(own.filter(is_lead=True))).order_by("-leads", "-pk")


def waiting(user: Any) -> Iterator[Waiting]:
    """What the account should do about papers now, the signatures it is asked for first. One query."""
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
    shown = ("title", "state", "resubmit_by", "lead__person__name", "lead__status")
    for row in rows.select_related("lead__person").only(*shown).order_by("-asks", "pk"):
        named = {"title": row.title, "name": row.lead.person.name}
        if row.asks:
            yield Waiting(_("%(name)s asks you to sign “%(title)s”") % named, row.pk)
        elif row.lead.status in GONE and row.state in EDITABLE:
            yield Waiting(_("%(name)s has left office: who takes over “%(title)s”?") % named, row.pk)
        elif row.state == ProposalState.RETURNED:
            yield Waiting(_("Complete “%(title)s” and hand it in again") % named, row.pk, row.resubmit_by)
        elif row.state == ProposalState.FEEDBACK:
            yield Waiting(_("Say what you think of the reply to “%(title)s”") % named, row.pk, row.feedback_due)
        else:
            yield Waiting(_("Was the promise kept? “%(title)s”") % named, row.pk)
