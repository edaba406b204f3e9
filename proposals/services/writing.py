"""A paper is written: begun, saved by itself, signed by others, entered from a paper form.

A signature belongs to the exact text. Whoever signed a text that was changed since is asked again, and the lead
proposer sees who stands where.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from congress.kernel import audit
from congress.kernel.workflow import MOVED_ON, SYSTEM, Refused, lock
from congress.models import Attachment, Congress, Session, User
from congress.policies import MANAGE, holds
from delegates.models import Mandate
from delegates.policies import is_self
from delegates.querysets import SERVING
from proposals.models import EDITABLE, Measure, Proposal, ProposalKind, ProposalState, Signature, SignatureState
from proposals.policies import enters
from proposals.services.similar import index
from proposals.workflows import PROPOSAL, SIGNATURE
from proposals.workflows.papers import BEFORE_VOTE
from proposals.workflows.signatures import tell_asked
from proposals.workflows.telling import tell_office

TEXT_FIELDS: Final = ("title", "grounds", "root_cause", "evidence", "prior_attempt")
FACTS: Final = (
    *TEXT_FIELDS, "kind", "category", "scope", "is_party_building", "also_submitted_to", "delegation",
    "delegation_voted_on", "delegation_votes_for", "delegation_votes_due",
)  # fmt: skip
MOST_MEASURES: Final = 20
MOST_CO_SIGNERS: Final = 200


@transaction.atomic
def begin(
    lead: Mandate, *, by: User, kind: str = ProposalKind.MOTION, session: Session | None = None, **facts: Any
) -> Proposal:
    """A new draft of a delegate in office, by himself or by the office from a paper form.

    Raises `PermissionDenied` if `by` is neither, `Refused` if the delegate is not in office.
    """
    itself = is_self(by, lead.person)
    if not itself and not holds(by, MANAGE, lead.congress.organization):
        raise PermissionDenied
    if lead.status not in SERVING:
        raise Refused(_("Only a delegate in office hands in papers."))
    proposal = Proposal.objects.create(
        congress=lead.congress, lead=lead, kind=kind, session=session, entered_by=None if itself else by, **facts
    )
    Signature.objects.create(
        proposal=proposal, mandate=lead, is_lead=True, state=SignatureState.SIGNED, answered_at=timezone.now()
    )
    return proposal


@transaction.atomic
def save(
    proposal: Proposal,
    facts: Mapping[str, Any],
    measures: Sequence[Mapping[str, str]] | None,
    *,
    by: User,
    version: int | None,
) -> Proposal:
    """Write what was typed, whole or half; it need not be complete. Who signed another text is asked again.

    `version` is what the writer saw. Raises `Refused` if it moved on since (two devices), or if it is handed in
    already; `PermissionDenied` if it is not his.
    """
    locked = lock(proposal)
    if not enters(by, locked):
        raise PermissionDenied
    if locked.state not in EDITABLE:
        raise Refused(_("It is handed in already: the text cannot be changed any more."))
    if version is not None and locked.version != version:
        raise Refused(MOVED_ON)
    for name in FACTS:
        if name in facts:
            setattr(locked, name, facts[name])
    if locked.kind != ProposalKind.PROPOSAL:
        locked.session = locked.session if locked.number else None
    elif locked.session is None:
        locked.session = open_session(locked.congress)
    if measures is not None:
        _write_measures(locked, measures)
    before, locked.text_digest = locked.text_digest, digest(locked)
    locked.version += 1
    locked.save()
    Signature.objects.filter(proposal=locked, is_lead=True).update(text_digest=locked.text_digest)
    if before != locked.text_digest:
        _ask_again(locked)
    return locked


def open_session(congress: Congress) -> Session | None:
    """The session that takes proposals now: its cut-off is not past."""
    now = timezone.now()
    rows = congress.sessions.filter(filing_closes_at__gt=now).order_by("filing_closes_at")
    return rows.first()


def digest(proposal: Proposal) -> str:
    """What a signature belongs to: the words of the paper and what it asks for."""
    measures = list(Measure.objects.filter(proposal=proposal).values_list("action", "actor", "by_when"))
    words = [proposal.kind, *(getattr(proposal, name).strip() for name in TEXT_FIELDS), measures]
    return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()


def _write_measures(proposal: Proposal, measures: Sequence[Mapping[str, str]]) -> None:
    said = [one for one in measures if any(str(one.get(name, "")).strip() for name in ("action", "actor", "by_when"))]
    rows = [
        (
            str(one.get("action", "")).strip()[:500],
            str(one.get("actor", "")).strip()[:60],
            str(one.get("by_when", "")).strip()[:40],
        )
        for one in said[:MOST_MEASURES]
    ]
    if rows == list(Measure.objects.filter(proposal=proposal).values_list("action", "actor", "by_when")):
        return
    Measure.objects.filter(proposal=proposal).delete()
    Measure.objects.bulk_create([
        Measure(proposal=proposal, position=place, action=action, actor=actor, by_when=by_when)
        for place, (action, actor, by_when) in enumerate(rows, 1)
    ])  # fmt: skip


def _ask_again(proposal: Proposal) -> None:
    """The text is another one: whoever signed the old one has not signed this."""
    signed = Signature.objects.filter(proposal=proposal, is_lead=False, state=SignatureState.SIGNED)
    for row in signed.exclude(text_digest=proposal.text_digest):
        SIGNATURE.take(row, "ask_again", by=SYSTEM)


@transaction.atomic
def invite(proposal: Proposal, mandates: Iterable[Mandate], *, by: User) -> int:
    """Ask delegates of the same congress to sign; say how many are newly asked. The first asking opens the signing.

    Raises `Refused` for a delegate of another congress or out of office, and while the paper has no subject yet.
    """
    locked = lock(proposal)
    if not enters(by, locked):
        raise PermissionDenied
    if locked.state not in EDITABLE:
        raise Refused(_("It is handed in already: nobody can be asked to sign any more."))
    if not locked.title.strip():
        raise Refused(_("Write the subject first: nobody signs what he cannot read."))
    mandates = list(mandates)
    _refuse_strangers(locked, mandates)
    known = {row.mandate_id: row for row in Signature.objects.filter(proposal=locked)}
    if len(known) + len(mandates) > MOST_CO_SIGNERS:
        raise Refused(_("No more than %(most)s can be asked.") % {"most": MOST_CO_SIGNERS})
    asked = 0
    for mandate in mandates:
        row = known.get(mandate.pk)
        if row is None:
            tell_asked(Signature.objects.create(proposal=locked, mandate=mandate, asked_at=timezone.now()))
            asked += 1
        elif row.state in {SignatureState.DROPPED, SignatureState.EXPIRED, SignatureState.DECLINED}:
            SIGNATURE.take(row, "ask_again", by=by)
            asked += 1
    if asked and locked.state == ProposalState.DRAFT:
        PROPOSAL.take(locked, "invite", by=by)
    return asked


def _refuse_strangers(proposal: Proposal, mandates: Iterable[Mandate]) -> None:
    wrong = [one for one in mandates if one.congress_id != proposal.congress_id or one.status not in SERVING]
    if wrong:
        names = "、".join(one.person.name for one in wrong)
        raise Refused(_("Not a delegate in office of this congress: %(names)s.") % {"names": names})


def sign(signature: Signature, *, by: User, seen_digest: str, remark: str = "") -> Signature:
    """The delegate puts his name under the text he has seen. A second click changes nothing.

    Raises `PermissionDenied` unless it is his own, `Refused` if signing is over or the text changed under his eyes.
    """
    with transaction.atomic():
        proposal = lock(signature.proposal)
        row = Signature.objects.get(pk=signature.pk)
        if row.state == SignatureState.SIGNED and row.text_digest == proposal.text_digest:
            return row
        if seen_digest != proposal.text_digest:
            raise Refused(_("The text was changed while you read it. Read it again, then sign."))
        return SIGNATURE.take(row, "sign", by=by, remark=remark)


@transaction.atomic
def sign_on_paper(proposal: Proposal, mandates: Iterable[Mandate], scan: Attachment, *, by: User) -> None:
    """The office enters signatures that stand on the paper form; the scan proves them."""
    locked = lock(proposal)
    mandates = list(mandates)
    if locked.entered_by_id is None or not enters(by, locked):
        raise PermissionDenied
    _refuse_strangers(locked, mandates)
    for mandate in mandates:
        row, _fresh = Signature.objects.get_or_create(
            proposal=locked, mandate=mandate, defaults={"asked_at": timezone.now()}
        )
        if row.state != SignatureState.SIGNED:
            SIGNATURE.take(row, "sign_paper", by=by, scan=scan)
    Proposal.objects.filter(pk=locked.pk).update(scan=scan)
    audit.record("paper_signatures", by=by, subject=f"Proposal {locked.pk}", organization=locked.congress.organization)


def submit(proposal: Proposal, *, by: User) -> Proposal:
    """Hand it in: it comes back registered, with its number, and stands among the papers new ones are compared with."""
    try:
        with transaction.atomic():
            registered = PROPOSAL.take(proposal, "submit", by=by)
            index(registered)
    except IntegrityError as fault:
        raise Refused(_("It could not be registered just now. Nothing was lost: try again.")) from fault
    return registered


@transaction.atomic
def ask_withdrawal(proposal: Proposal, reason: str, *, by: User) -> None:
    """The lead proposer wants it back; the office agrees or not, for the presidium (R1 art. 8). Not after the vote."""
    locked = lock(proposal)
    if not enters(by, locked):
        raise PermissionDenied
    if locked.state not in BEFORE_VOTE:
        raise Refused(_("It cannot be taken back any more."))
    if not reason.strip():
        raise Refused(_("Say why it should be taken back."))
    Proposal.objects.filter(pk=locked.pk).update(withdrawal_reason=reason.strip()[:1000])
    tell_office(locked, "withdrawal_asked", f"withdrawal:{timezone.now().isoformat()}", reason=reason.strip())
