"""What becomes of a promise in a class B reply (R16 art. 20): kept with evidence, or followed up until it is."""

from datetime import datetime
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.kernel import duetimes
from congress.kernel.deadlines import Deadline
from congress.kernel.workflow import SYSTEM, Move, Workflow
from congress.kernel.workflow import Transition as T
from congress.policies import HANDLE, MANAGE, holds
from delegates.forms.decisions import day_field, refuse_future
from delegates.policies import is_self
from proposals.models import Proposal, ProposalState, Reply, Undertaking
from proposals.models import UndertakingState as S
from proposals.workflows.telling import tell_office, tell_promising, tell_proposers

PROMISE = "undertaking"


class KeptForm(forms.Form):
    """What was done, with its proof."""

    done_on = day_field(gettext_lazy("done on"))
    evidence = forms.CharField(
        label=gettext_lazy("what was done"), max_length=2000, min_length=10, widget=forms.Textarea(attrs={"rows": 4})
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        refuse_future(self, "done_on")
        return data


class DoubtForm(forms.Form):
    """Why it does not count as done."""

    note = forms.CharField(
        label=gettext_lazy("what is missing"), max_length=500, min_length=4, widget=forms.Textarea(attrs={"rows": 3})
    )


class DropForm(forms.Form):
    """A promise is given up by the office, with a reason the proposers read."""

    note = forms.CharField(
        label=gettext_lazy("reason"), max_length=500, min_length=10, widget=forms.Textarea(attrs={"rows": 3})
    )


def owes_it(user: Any, promise: Undertaking) -> bool:
    """The desk of the unit that promised."""
    return bool(user) and holds(user, HANDLE, promise.unit)


def follows_it(user: Any, promise: Undertaking) -> bool:
    """The office that follows it up."""
    return bool(user) and holds(user, MANAGE, promise.proposal.congress.organization)


def confirms_it(user: Any, promise: Undertaking) -> bool:
    """The lead proposer says whether it was kept; the office may after a look on the spot."""
    return bool(user) and (is_self(user, promise.proposal.lead.person) or follows_it(user, promise))


def follow_up(reply: Reply, *, at: datetime) -> None:
    """What a class B reply promises is followed up. A unit that promised something for this paper before and still owes
    it promises it anew: one promise with one day; the first day and what stood there stay on record."""
    said = {"text": reply.promise, "due_on": reply.promise_due_on, "evidence_kind": reply.promise_evidence}
    unit, proposal = reply.assignment.unit, reply.proposal
    owed = Undertaking.objects.filter(proposal=proposal, unit=unit, state__in=[S.OPEN, S.REPORTED])
    earlier = owed.order_by("pk").last()
    if earlier is None:
        fresh = Undertaking.objects.create(proposal=proposal, unit=unit, original_due_on=said["due_on"], **said)
        owe_promise(fresh)
        return
    before = f"{earlier.text}（{earlier.due_on.year}年{earlier.due_on.month}月{earlier.due_on.day}日）"
    UNDERTAKING.take(earlier, "renew", by=SYSTEM, at=at, note=before, **said)


def owe_promise(promise: Undertaking, *because: str) -> None:
    """Its own clock, which outlives the meeting year."""
    proposal = promise.proposal
    duetimes.start(
        f"{PROMISE}:{promise.pk}",
        kind=PROMISE,
        subject_id=promise.pk,
        organization=promise.unit,
        title=f"{promise.unit}：{proposal.kind_word}{proposal.number_text}《{proposal.title}》{promise.text}",
        starts_on=timezone.localdate(),
        deadline=Deadline(promise.due_on, (_("promised in the reply"), *because)),
        link=reverse("admin:proposals_proposal_change", args=[proposal.pk]),
    )


def keep_evidence(promise: Undertaking, move: Move) -> None:
    promise.done_on, promise.evidence = move.data["done_on"], move.data["evidence"]
    promise.evidence_file = move.data.get("evidence_file") or promise.evidence_file
    duetimes.pause(PROMISE, promise.pk)
    tell_proposers(promise.proposal, "promise_reported", f"promise:{promise.pk}:{move.at.isoformat()}", promise=promise)
    tell_office(promise.proposal, "promise_reported", f"promise:{promise.pk}:{move.at.isoformat()}", promise=promise)


def confirm(promise: Undertaking, move: Move) -> None:
    """With the last promise kept the paper is closed."""
    promise.confirmed_by = move.by.display_name
    _end(promise)


def doubt(promise: Undertaking, move: Move) -> None:
    """The unit hears what is missing, and is reminded again."""
    promise.done_on = None
    duetimes.resume(PROMISE, promise.pk)
    tell_promising(promise, "promise_doubted", f"doubted:{move.at.isoformat()}", note=move.note)


def renew(promise: Undertaking, move: Move) -> None:
    """The second reply's words take the place of the first one's; what was reported done meanwhile is open again."""
    for name in ("text", "due_on", "evidence_kind"):
        setattr(promise, name, move.data[name])
    promise.evidence, promise.evidence_file, promise.done_on = "", None, None
    owe_promise(promise, _("in place of: %(promise)s") % {"promise": move.note})


def by_reply(actor: Any, promise: Undertaking) -> bool:
    """Taken with the reply that promises."""
    return actor is SYSTEM


def drop(promise: Undertaking, move: Move) -> None:
    promise.evidence = move.note
    tell_proposers(promise.proposal, "promise_dropped", f"promise:{promise.pk}:dropped", promise=promise)
    tell_promising(promise, "promise_dropped", "dropped")
    _end(promise)


def _end(promise: Undertaking) -> None:
    from proposals.workflows.papers import PROPOSAL

    duetimes.close(PROMISE, promise.pk)
    promise.save()  # so that the paper does not count it among the open ones
    proposal = Proposal.objects.get(pk=promise.proposal_id)
    if proposal.state == ProposalState.TRACKING and not PROPOSAL.obstacle(proposal, "fulfil"):
        PROPOSAL.take(proposal, "fulfil", by=SYSTEM)


# fmt: off
UNDERTAKING: Workflow[Undertaking] = Workflow(Undertaking, [
    # verb      from                    to          who          when  then
    T("keep",    [S.OPEN],               S.REPORTED, owes_it,     [],   [keep_evidence], needs=KeptForm, label=gettext_lazy("Report it done")),
    T("confirm", [S.REPORTED],           S.KEPT,     confirms_it, [],   [confirm], label=gettext_lazy("Confirm that it is done")),
    T("doubt",   [S.REPORTED],           S.OPEN,     confirms_it, [],   [doubt], needs=DoubtForm, label=gettext_lazy("It is not done yet")),
    T("renew",   [S.OPEN, S.REPORTED],   S.OPEN,     by_reply,    [],   [renew], label=gettext_lazy("Promised anew in a second reply")),
    T("drop",    [S.OPEN, S.REPORTED],   S.DROPPED,  follows_it,  [],   [drop], needs=DropForm, label=gettext_lazy("Give the promise up")),
], parent="proposal")
# fmt: on
