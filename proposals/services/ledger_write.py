"""What a ledger says, written down: a paper with its measures and signers, or a correction of one."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils import timezone

from congress.kernel.workflow import SYSTEM
from congress.models import Session
from delegates.models import Mandate
from proposals.models import Measure, NumberSeries, Proposal, ProposalState, Signature, SignatureState
from proposals.services import similar
from proposals.services.writing import digest
from proposals.workflows import SIGNATURE
from proposals.workflows.papers import owe_first_look


def write_new(
    lead: Mandate, co: Sequence[Mandate], said: Mapping[str, Any], *, session: Session | None, key: str
) -> None:
    """A paper as the ledger keeps it: registered under its number, signed, waiting to be screened."""
    at, category = said["submitted_at"], said["category"]
    proposal = Proposal.objects.create(
        congress=lead.congress, lead=lead, kind=said["kind"], title=said["title"], category=category,
        is_party_building=bool(category and category.makes_party_building), grounds=said.get("grounds", ""),
        session=session, year=None if session else said["day"].year, number=said["number"],
        state=ProposalState.REGISTERED, submitted_at=at, submissions=1, import_key=key,
    )  # fmt: skip
    _write_measures(proposal, said.get("measures", []))
    proposal.text_digest = digest(proposal)
    proposal.save(update_fields=["text_digest"])
    _sign(proposal, (lead, *co), at)
    advance_series(proposal)
    similar.index(proposal)
    owe_first_look(proposal, timezone.localdate())


def write_over(proposal: Proposal, changed: Mapping[str, Any], said: Mapping[str, Any], co: Sequence[Mandate]) -> None:
    """What the ledger says otherwise of a paper that waits to be screened: its signers signed the corrected text."""
    for name in ("title", "grounds", "category"):
        if name in changed:
            setattr(proposal, name, changed[name])
    if "category" in changed:
        proposal.is_party_building = bool(proposal.category and proposal.category.makes_party_building)
    if "day" in changed:
        proposal.submitted_at = said["submitted_at"]
    if "measures" in changed:
        Measure.objects.filter(proposal=proposal).delete()
        _write_measures(proposal, changed["measures"])
    proposal.text_digest = digest(proposal)
    proposal.version += 1
    proposal.save()
    if "co_signers" in changed:
        _change_signers(proposal, co)
    Signature.objects.filter(proposal=proposal, state=SignatureState.SIGNED).update(text_digest=proposal.text_digest)
    similar.index(proposal)


def advance_series(proposal: Proposal) -> None:
    """The next number given is greater than any that is there."""
    place = {"congress": proposal.congress, "session": proposal.session, "year": proposal.year, "kind": proposal.kind}
    series, _fresh = NumberSeries.objects.select_for_update().get_or_create(**place)
    greatest = Proposal.objects.filter(**place).aggregate(most=Max("number"))["most"] or 0
    NumberSeries.objects.filter(pk=series.pk, last__lt=greatest).update(last=greatest)


def _write_measures(proposal: Proposal, actions: Sequence[str]) -> None:
    Measure.objects.bulk_create(
        [Measure(proposal=proposal, position=place, action=action) for place, action in enumerate(actions, 1)]
    )


def _sign(proposal: Proposal, seats: Iterable[Mandate], at: datetime) -> None:
    signed = {"state": SignatureState.SIGNED, "answered_at": at, "text_digest": proposal.text_digest}
    Signature.objects.bulk_create(
        [Signature(proposal=proposal, mandate=seat, is_lead=seat.pk == proposal.lead_id, **signed) for seat in seats]
    )


def _change_signers(proposal: Proposal, co: Sequence[Mandate]) -> None:
    """Those the ledger names have signed, and nobody else."""
    known = {row.mandate_id: row for row in Signature.objects.filter(proposal=proposal, is_lead=False)}
    named = {seat.pk: seat for seat in co}
    for key, row in known.items():
        if key not in named and row.state == SignatureState.SIGNED:
            SIGNATURE.take(row, "strike", by=SYSTEM)
        elif key in named and row.state != SignatureState.SIGNED:
            SIGNATURE.take(row, "sign_paper", by=SYSTEM)
    _sign(proposal, [seat for key, seat in named.items() if key not in known], proposal.submitted_at)
