"""Papers that come on paper: typed off by the office, with the scan that proves the signatures (F070)."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from congress.kernel.workflow import ECHO, MOVED_ON, lock
from congress.services import attachments
from proposals.models import Proposal, ProposalState, SignatureState
from proposals.services import writing
from proposals.services.handling import MovedOn
from proposals.workflows import PROPOSAL

TYPED: Final = (
    "kind", "title", "category", "scope", "grounds", "root_cause", "evidence", "prior_attempt", "also_submitted_to",
    "delegation", "delegation_voted_on", "delegation_votes_for", "delegation_votes_due",
)  # fmt: skip


@transaction.atomic
def enter(said: Mapping[str, Any], scan: Any, *, by: Any) -> Proposal:
    """Keep the paper with its signatures; register it if that was asked and nothing is missing.

    What is incomplete stays a draft of the office, where its page says what is missing. Raises `Refused` for a file
    that is no scan, `PermissionDenied` outside the office's branch.
    """
    lead = lock(said["lead_mandate"])
    lately = Proposal.objects.filter(
        lead=lead, entered_by=by, kind=said["kind"], title=said["title"], created_at__gt=timezone.now() - ECHO
    ).exclude(state=ProposalState.WITHDRAWN)
    if (same := lately.first()) is not None:  # a second click
        return same
    return _write(writing.begin(lead, by=by, kind=said["kind"]), said, scan, by=by)


@transaction.atomic
def retype(proposal: Proposal, said: Mapping[str, Any], scan: Any, *, by: Any, seen: int | None = None) -> Proposal:
    """The same form once more, completed or corrected; the scan that is there stays unless there is another.

    `seen` is the version that was looked at. Raises `MovedOn` if a colleague saved something else since; the same once
    more is a second click. `Refused` once it is handed in.
    """
    locked = lock(proposal)
    if seen is not None and seen != locked.version:
        if _says_already(locked, said, scan):
            return locked
        raise MovedOn(MOVED_ON)
    return _write(locked, said, scan, by=by)


def _says_already(proposal: Proposal, said: Mapping[str, Any], scan: Any) -> bool:
    """Whether all of this stands there: the text, the names on the form, and the scan itself."""
    if scan is not None:
        content = scan.read()
        scan.seek(0)
        if proposal.scan is None or proposal.scan.sha256 != hashlib.sha256(content).hexdigest():
            return False
    on_paper = proposal.signatures.filter(state=SignatureState.SIGNED, is_lead=False, scan__isnull=False)
    if set(on_paper.values_list("mandate", flat=True)) != {one.pk for one in said["co_mandates"]} - {proposal.lead_id}:
        return False
    return writing.says_already(proposal, {name: said[name] for name in TYPED}, said["measures"])


def _write(proposal: Proposal, said: Mapping[str, Any], scan: Any, *, by: Any) -> Proposal:
    organization = proposal.congress.organization
    kept = proposal.scan
    if scan is not None:
        kept = attachments.store(scan.read(), name=scan.name, organization=organization, by=by, kinds=attachments.SCANS)
    # The names first: whoever stands on the form signed what is typed off it, and is not asked again.
    writing.sign_on_paper(proposal, said["co_mandates"], kept, by=by)
    writing.save(proposal, {name: said[name] for name in TYPED}, said["measures"], by=by, version=None)
    fresh = Proposal.objects.get(pk=proposal.pk)
    if said["register"] and not PROPOSAL.obstacle(fresh, "submit"):
        return writing.submit(fresh, by=by)
    return fresh
