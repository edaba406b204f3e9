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
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from congress.kernel import audit
from congress.kernel.workflow import MOVED_ON, SYSTEM, Refused, lock
from congress.models import Attachment, Congress, Session, User
from congress.policies import MANAGE, holds
from delegates.models import Delegation, Mandate
from delegates.policies import is_self
from delegates.querysets import SERVING
from proposals.forms.writing import MEASURE, too_much
from proposals.models import EDITABLE, Measure, Proposal, ProposalKind, ProposalState, Signature, SignatureState
from proposals.policies import enters, has_left
from proposals.services.similar import index
from proposals.workflows import PROPOSAL, SIGNATURE
from proposals.workflows.conditions import in_time, not_adopted_yet
from proposals.workflows.papers import BEFORE_VOTE
from proposals.workflows.signatures import tell_asked
from proposals.workflows.telling import tell_office

TEXT_FIELDS: Final = ("title", "grounds", "root_cause", "evidence", "prior_attempt")
FACTS: Final = (
    *TEXT_FIELDS, "kind", "category", "scope", "also_submitted_to", "delegation", "delegation_voted_on",
    "delegation_votes_for", "delegation_votes_due",
)  # fmt: skip
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
def start(lead: Mandate, *, by: User, kind: str) -> Proposal:
    """A new draft of the delegate for himself; one that he began and left empty is used again, so that a second click
    begins nothing. A proposal (提案) is for the session that takes them now.

    Raises as `begin`, and `Refused` for a proposal while no session takes any.
    """
    if kind not in ProposalKind.values:
        raise Refused(_("Choose what you want to write."))
    session = open_session(lead.congress) if kind == ProposalKind.PROPOSAL else None
    if kind == ProposalKind.PROPOSAL and session is None:
        raise Refused(_("No session takes proposals (提案) now. Hand it in as a motion (提议)."))
    lock(lead)
    own = Proposal.objects.filter(lead=lead, kind=kind, state=ProposalState.DRAFT, entered_by=None, version=0)
    blank = own.filter(title="", grounds="").first()
    if blank is not None:
        Proposal.objects.filter(pk=blank.pk).update(session=session)
        return Proposal.objects.get(pk=blank.pk)
    return begin(lead, by=by, kind=kind, session=session)


@transaction.atomic
def save(
    proposal: Proposal,
    facts: Mapping[str, Any],
    measures: Sequence[Mapping[str, str]] | None,
    *,
    by: User,
    version: int | None,
) -> Proposal:
    """Write what was typed, whole or half; it need not be complete. Who signed another text is asked again; names on
    a paper form stay where the office types the form off. A category of Party building makes the paper one.

    `version` is what the writer saw. What stands there already is not written again: an answer that was lost on the way
    does no harm. Raises `Refused` if the text moved on since (two devices), or if it is handed in already, or for a
    measure longer than its place; `PermissionDenied` if it is not his.
    """
    locked = lock(proposal)
    _refuse_closed(locked, by)
    known = {name: facts[name] for name in FACTS if name in facts}
    known |= {name: one_newline(known[name]) for name in TEXT_FIELDS if name in known}
    rows = None if measures is None else _rows(measures)
    if _stands(locked, known, rows):
        return locked
    if locked.number is not None and known.get("kind", locked.kind) != locked.kind:
        raise Refused(_("It has a number already: the office decides on its kind."))
    if version is not None and locked.version != version:
        raise Refused(MOVED_ON)
    _put(locked, known)
    if rows is not None and rows != _rows_of(locked):
        _write_measures(locked, rows)
    before, locked.text_digest = locked.text_digest, digest(locked)
    locked.version += 1
    locked.save()
    _keep_names(locked, by)
    if before != locked.text_digest:
        _ask_again(locked)
    return locked


def refuse_gone(proposal: Proposal, by: User) -> None:
    """Whoever left office reads his paper and does nothing with it any more."""
    if has_left(by, proposal):
        raise Refused(_("Your mandate has ended: one of those who signed can take the paper over."))


def _refuse_closed(proposal: Proposal, by: User) -> None:
    """Only whose text it still is writes in it."""
    if not enters(by, proposal):
        raise PermissionDenied
    if proposal.state not in EDITABLE:
        raise Refused(_("It is handed in already: the text cannot be changed any more."))
    refuse_gone(proposal, by)


def _put(proposal: Proposal, facts: Mapping[str, Any]) -> None:
    """The facts as they were said, and what follows from them."""
    for name, value in facts.items():
        setattr(proposal, name, value)
    if "category" in facts:
        proposal.is_party_building = bool(proposal.category and proposal.category.makes_party_building)
    proposal.session = _session_of(proposal)


def _keep_names(proposal: Proposal, by: User) -> None:
    """The writer's own name goes with his text, and with the office's the names on the form that it types off."""
    names = Q(is_lead=True)
    if proposal.entered_by_id is not None and not is_self(by, proposal.lead.person):
        names |= Q(state=SignatureState.SIGNED, scan__isnull=False)
    Signature.objects.filter(names, proposal=proposal).update(text_digest=proposal.text_digest)


def _session_of(proposal: Proposal) -> Session | None:
    """The session a paper is for: settled by its number; begun at one, it may be handed in at the next."""
    if proposal.number is not None:
        return proposal.session
    if proposal.kind != ProposalKind.PROPOSAL:
        return None
    return open_session(proposal.congress) or proposal.session


def one_newline(text: str) -> str:
    """A browser's form sends two signs for a new line, its script one: the text is the same."""
    return text.replace("\r\n", "\n").strip()


def says_already(proposal: Proposal, facts: Mapping[str, Any], measures: Sequence[Mapping[str, str]]) -> bool:
    """Whether saving this would change nothing."""
    cleaned = {name: one_newline(value) if name in TEXT_FIELDS else value for name, value in facts.items()}
    return _stands(proposal, cleaned, _rows(measures))


def _stands(proposal: Proposal, facts: Mapping[str, Any], rows: Sequence[tuple[str, str, str]] | None) -> bool:
    """Whether the paper says all this already."""
    same = all(getattr(proposal, name) == value for name, value in facts.items())
    return same and bool(proposal.text_digest) and (rows is None or rows == _rows_of(proposal))


def _rows_of(proposal: Proposal) -> list[tuple[str, str, str]]:
    return list(Measure.objects.filter(proposal=proposal).values_list("action", "actor", "by_when"))


def open_session(congress: Congress) -> Session | None:
    """The session that takes proposals now: its cut-off is not past."""
    now = timezone.now()
    rows = congress.sessions.filter(filing_closes_at__gt=now).order_by("filing_closes_at")
    return rows.first()


def last_closed(congress: Congress) -> Session | None:
    """The session that took proposals last and does not any more."""
    rows = congress.sessions.filter(filing_closes_at__lte=timezone.now()).order_by("-filing_closes_at")
    return rows.select_related("congress__organization").first()


def is_too_late(proposal: Proposal) -> bool:
    """A proposal (提案) that no session takes any more; as a motion it can be handed in at any time."""
    return bool(in_time(proposal))


def headed_delegation(mandate: Mandate) -> Delegation | None:
    """The delegation the delegate is the head of."""
    return Delegation.objects.filter(head=mandate).order_by("pk").first()


def change_kind(proposal: Proposal, kind: str, *, by: User) -> Proposal:
    """The same text as another kind of paper. Raises `Refused` as `start`, and once it has a number."""
    if kind not in ProposalKind.values:
        raise Refused(_("Choose what you want to write."))
    if proposal.number is not None:
        raise Refused(_("It has a number already: the office decides on its kind."))
    session = open_session(proposal.congress)
    if kind == ProposalKind.PROPOSAL and session is None:
        raise Refused(_("No session takes proposals (提案) now. Hand it in as a motion (提议)."))
    return save(proposal, {"kind": kind}, None, by=by, version=None)


def digest(proposal: Proposal) -> str:
    """What a signature belongs to: the words of the paper and what it asks for."""
    return digest_of(proposal.kind, [getattr(proposal, name) for name in TEXT_FIELDS], _rows_of(proposal))


def digest_of(kind: str, texts: Iterable[str], measures: Iterable[tuple[str, str, str]]) -> str:
    """The fingerprint of these words."""
    words = [kind, *(text.strip() for text in texts), list(measures)]
    return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()


def _rows(measures: Sequence[Mapping[str, str]]) -> list[tuple[str, str, str]]:
    """The measures as they are kept, empty rows left out. Raises `Refused` for what is longer than its place."""
    if too_long := too_much(measures):
        raise Refused(" ".join(too_long))
    rows = [tuple(one_newline(str(one.get(name, ""))) for name, _most in MEASURE) for one in measures]
    return [row for row in rows if any(row)]


def _write_measures(proposal: Proposal, rows: Sequence[tuple[str, str, str]]) -> None:
    Measure.objects.filter(proposal=proposal).delete()
    Measure.objects.bulk_create([
        Measure(proposal=proposal, position=place, action=action, actor=actor, by_when=by_when)
        for place, (action, actor, by_when) in enumerate(rows, 1)
    ])  # fmt: skip


def _ask_again(proposal: Proposal) -> None:
    """The text is another one: whoever signed the old one has not signed this."""
    signed = Signature.objects.filter(proposal=proposal, is_lead=False, state=SignatureState.SIGNED)
    for row in signed.exclude(text_digest=proposal.text_digest).select_related("proposal"):
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
    refuse_gone(locked, by)
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
def sign_on_paper(proposal: Proposal, mandates: Iterable[Mandate], scan: Attachment, *, by: User) -> bool:
    """The office enters the signatures that stand on the paper form; the scan proves them. A name that it had entered
    before and that is not among them is struck. Says whether anything is different now.
    """
    locked = lock(proposal)
    mandates = list(mandates)
    if locked.entered_by_id is None or not enters(by, locked):
        raise PermissionDenied
    known = {row.mandate_id: row for row in Signature.objects.filter(proposal=locked, is_lead=False)}
    on_paper = {key for key, row in known.items() if row.state == SignatureState.SIGNED and row.scan_id is not None}
    named = {mandate.pk: mandate for mandate in mandates if mandate.pk != locked.lead_id}
    if on_paper == named.keys() and locked.scan_id == scan.pk:
        return False
    _refuse_strangers(locked, [mandate for key, mandate in named.items() if key not in on_paper])
    for key in on_paper - named.keys():
        SIGNATURE.take(known[key], "strike", by=by)
    for key, mandate in named.items():
        row = known.get(key)
        if row is None:
            row = Signature.objects.create(proposal=locked, mandate=mandate, asked_at=timezone.now())
        SIGNATURE.take(row, "sign_paper", by=by, scan=scan)
    Proposal.objects.filter(pk=locked.pk).update(scan=scan, version=F("version") + 1)
    audit.record("paper_signatures", by=by, subject=f"Proposal {locked.pk}", organization=locked.congress.organization)
    return True


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
    refuse_gone(locked, by)
    if adopted := not_adopted_yet(locked):
        raise Refused(adopted)
    if not reason.strip():
        raise Refused(_("Say why it should be taken back."))
    reason = reason.strip()[:1000]
    if locked.withdrawal_reason == reason:  # a second click
        return
    Proposal.objects.filter(pk=locked.pk).update(withdrawal_reason=reason)
    tell_office(locked, "withdrawal_asked", f"withdrawal:{timezone.now().isoformat()}", reason=reason)
