"""Promises of class B replies as the office follows them up: what happened to each, and what comes next."""

from typing import Any, Final

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.models import DueTime, JournalEntry
from proposals.models import ProposalState, Reply, Undertaking, UndertakingState
from proposals.workflows import UNDERTAKING
from proposals.workflows.promises import PROMISE

OWED: Final = (UndertakingState.OPEN, UndertakingState.REPORTED)
FOLLOWS: Final = {
    "doubt": gettext_lazy("The unit reads what is missing, and is reminded again until it reports it done."),
    "drop": gettext_lazy("The proposers read your reason, and nobody is reminded of this promise any more."),
}


def life_of(promise: Undertaking) -> dict[str, Any]:
    """Every step of a promise, the latest first, each by its name; the reply it was made in; why it is due that day."""
    kind = ContentType.objects.get_for_model(Undertaking)
    rows = JournalEntry.objects.filter(content_type=kind, object_id=promise.pk).select_related("by").order_by("-pk")
    due = DueTime.objects.filter(kind=PROMISE, subject_id=promise.pk).order_by("-pk").first()
    replies = Reply.objects.filter(proposal=promise.proposal_id, assignment__unit=promise.unit_id, reply_class="B")
    return {
        "journal": [(row, UNDERTAKING.by_verb[row.verb].label) for row in rows if row.verb in UNDERTAKING.by_verb],
        "reply": replies.filter(issued_on__isnull=False).order_by("round", "pk").first(),
        "steps": due.steps if due else [],
    }


def consequences(promise: Undertaking, verb: str) -> list[str]:
    """What a step of the office brings with it, before it is confirmed."""
    found = [str(FOLLOWS[verb])] if verb in FOLLOWS else []
    if verb in {"confirm", "drop"} and _is_last(promise):
        found.append(_("It is the last promise of its paper: with it the paper is closed."))
    return found


def _is_last(promise: Undertaking) -> bool:
    proposal = promise.proposal
    others = proposal.undertakings.filter(state__in=OWED).exclude(pk=promise.pk)
    return proposal.state == ProposalState.TRACKING and not others.exists()
