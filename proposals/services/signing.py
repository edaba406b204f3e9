"""Who could sign a paper, who has, and what was changed since somebody did."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.kernel import rules
from congress.kernel.workflow import Refused, lock
from congress.models import Congress, User
from delegates.models import Mandate
from delegates.policies import is_self
from proposals.models import EDITABLE, KIND_WORDS, Measure, Proposal, ProposalKind, Signature, SignatureState
from proposals.policies import enters
from proposals.services.writing import TEXT_FIELDS, digest_of, refuse_gone
from proposals.workflows import SIGNATURE
from proposals.workflows.conditions import valid_signatures
from proposals.workflows.signatures import tell_reminded
from proposals.workflows.telling import accounts_of, proposers

SHOWN: Final = 20
PARTS: Final = {  # what the parts of a paper are called where it is read
    "kind": gettext_lazy("kind of paper"),
    "title": gettext_lazy("subject (案由)"),
    "grounds": gettext_lazy("situation (案据)"),
    "root_cause": gettext_lazy("why it is so"),
    "measures": gettext_lazy("measures"),
    "evidence": gettext_lazy("what it rests on"),
    "prior_attempt": gettext_lazy("was the department asked before, and what came of it"),
}
COLUMNS: Final = ("person__name", "person__post", "delegation__name", "group__name", "status", "congress")
OUT: Final = (SignatureState.DROPPED, SignatureState.EXPIRED)


@dataclass(frozen=True)
class Count:
    """How many names stand under the text as it is now, of how many that are needed."""

    signed: int
    needed: int

    @property
    def missing(self) -> int:
        return max(0, self.needed - self.signed)


@dataclass(frozen=True)
class Change:
    """A part of the paper that is another one since somebody signed it; `before` as he signed it."""

    field: str
    label: str
    before: str


def colleagues(congress: Congress, text: str, *, near: Mandate, leave_out: Iterable[int] = ()) -> list[Mandate]:
    """Delegates in office of the same congress by name, part of it, pinyin or initials; nobody's numbers are read.

    Without a text those of `near`'s own group come, or of his delegation: whom he meets anyway. Twenty at most.
    """
    rows = Mandate.objects.filter(congress=congress).serving().exclude(pk__in=[near.pk, *leave_out])
    if text.strip():
        rows = rows.matching(text)
    elif near.group_id:
        rows = rows.filter(group=near.group_id)
    else:
        rows = rows.filter(delegation=near.delegation_id) if near.delegation_id else rows.none()
    return list(_shown(rows)[:SHOWN])


def chosen(congress: Congress, keys: Sequence[str]) -> list[Mandate]:
    """The delegates of the congress by their keys, as a form sends them; what is none is left out."""
    numbers = [int(key) for key in keys if key.isascii() and key.isdecimal() and len(key) < 19]
    rows = Mandate.objects.filter(congress=congress, pk__in=numbers)
    return list(rows.select_related("person__user", "congress__organization").order_by("roster_key", "pk"))


def _shown(rows: Any) -> Any:
    return rows.select_related("person", "delegation", "group").only(*COLUMNS).order_by("roster_key", "pk")


def signatures(proposal: Proposal) -> list[Signature]:
    """Every name that was asked for, the lead proposer's first."""
    rows = Signature.objects.filter(proposal=proposal).select_related("mandate__person", "mandate__delegation")
    found = list(rows.order_by("-is_lead", "pk"))
    for row in found:
        row.may_remind = row.state == SignatureState.INVITED and not reminded_today(row)
    return found


def own_signature(proposal: Proposal, user: Any) -> Signature | None:
    """The account's own name under the paper, or the question whether it puts it there."""
    rows = Signature.objects.filter(proposal=proposal, mandate__person__user=user).exclude(state__in=OUT)
    return rows.select_related("mandate__person", "proposal").first()


def own_seat(proposal: Proposal, user: Any) -> Mandate | None:
    """The seat the account is answered in: as a signer of this paper, or of one that was merged into it."""
    return next((seat for seat in proposers(proposal) if is_self(user, seat.person)), None)


def count(proposal: Proposal) -> Count:
    """How far the signatures are. Only a proposal (提案) that no delegation moved needs others."""
    needed = 1
    if proposal.kind == ProposalKind.PROPOSAL and not proposal.delegation_id:
        needed = rules.value("proposal_min_signers", proposal.congress.organization, timezone.localdate())
    return Count(valid_signatures(proposal).count(), needed)


def co_signed(proposal: Proposal) -> int:
    """How many others would have to sign again if the text were changed now."""
    return valid_signatures(proposal).filter(is_lead=False).count()


def changes_since(signature: Signature) -> list[Change]:
    """What is different from the text this delegate signed last; nothing if he never did, or it is the same.

    Read from the rows' history: the digest he signed leads to the paper as it was then.
    """
    names = apps.get_model("proposals.SignatureEvent").objects.filter(pgh_obj=signature.pk, state=SignatureState.SIGNED)
    digest = names.order_by("-pgh_id").values_list("text_digest", flat=True).first()
    proposal = signature.proposal
    if not digest or digest == proposal.text_digest:
        return []
    papers = apps.get_model("proposals.ProposalEvent").objects.filter(pgh_obj=proposal.pk, text_digest=digest)
    then = papers.order_by("-pgh_id").first()
    if then is None:
        return []
    found = [
        Change(name, str(PARTS[name]), getattr(then, name))
        for name in TEXT_FIELDS
        if getattr(then, name).strip() != getattr(proposal, name).strip()
    ]
    if then.kind != proposal.kind:
        found.insert(0, Change("kind", str(PARTS["kind"]), KIND_WORDS[ProposalKind(then.kind)]))
    now = list(Measure.objects.filter(proposal=proposal).values_list("action", "actor", "by_when"))
    if digest_of(then.kind, [getattr(then, name) for name in TEXT_FIELDS], now) != digest:
        found.append(Change("measures", str(PARTS["measures"]), ""))
    return found


@transaction.atomic
def remind(signature: Signature, *, by: User) -> Signature:
    """A nudge to a colleague who says nothing, once a day: by the lead proposer, or the office that entered the paper.

    Raises `PermissionDenied` if it is not his paper, `Refused` if signing is over, he answered, has no account here, or
    was reminded today.
    """
    proposal = lock(signature.proposal)
    if not enters(by, proposal):
        raise PermissionDenied
    if proposal.state not in EDITABLE:
        raise Refused(_("Signing of this paper is over."))
    refuse_gone(proposal, by)
    row = Signature.objects.select_for_update().get(pk=signature.pk)
    refuse_nudge(row, waits=row.state == SignatureState.INVITED)
    row.proposal, row.reminded_at = proposal, timezone.now()
    row.save(update_fields=["reminded_at"])
    tell_reminded(row)
    return row


def ask_or_drop(signature: Signature, verb: str, *, by: User) -> Signature:
    """Whoever leads the paper asks somebody again, or waits for him no more. Raises `Refused` for who has left office:
    a signature taken off then would leave nobody to go on with the paper."""
    refuse_gone(signature.proposal, by)
    return SIGNATURE.take(signature, verb, by=by)


def reminded_today(row: Any) -> bool:
    """Whether whom `row` asks was reminded by hand today."""
    return bool(row.reminded_at) and timezone.localdate(row.reminded_at) == timezone.localdate()


def refuse_nudge(row: Any, *, waits: bool) -> None:
    """Raise `Refused` unless whom `row` asks is waited for, can be reached and was not reminded today."""
    name = row.mandate.person.name
    if not waits:
        raise Refused(_("%(name)s has answered already.") % {"name": name})
    if reminded_today(row):
        told = {"name": name, "time": f"{timezone.localtime(row.reminded_at):%H:%M}"}
        raise Refused(_("%(name)s was reminded today at %(time)s: once a day is enough.") % told)
    if not accounts_of([row.mandate]):
        raise Refused(_("%(name)s has no account here: please call.") % {"name": name})
