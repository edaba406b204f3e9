"""Papers that come on paper: typed off by the office, with the scan that proves the signatures (F070)."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from congress.doors.admin import SCANS
from congress.kernel.workflow import ECHO, lock
from congress.services import attachments
from proposals.models import Proposal, ProposalState
from proposals.services import writing
from proposals.workflows import PROPOSAL


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
def retype(proposal: Proposal, said: Mapping[str, Any], scan: Any, *, by: Any) -> Proposal:
    """The same form once more, completed or corrected; the scan that is there stays unless there is another."""
    return _write(proposal, said, scan, by=by)


def _write(proposal: Proposal, said: Mapping[str, Any], scan: Any, *, by: Any) -> Proposal:
    facts = {name: said[name] for name in ("kind", "title", "category", "scope", "grounds", "root_cause", "evidence")}
    facts["is_party_building"] = bool(said["category"] and said["category"].is_party_building)
    proposal = writing.save(proposal, facts, said["measures"], by=by, version=None)
    organization = proposal.congress.organization
    kept = proposal.scan
    if scan is not None:
        kept = attachments.store(scan.read(), name=scan.name, organization=organization, by=by, kinds=SCANS)
    writing.sign_on_paper(proposal, said["co_mandates"], kept, by=by)
    fresh = Proposal.objects.get(pk=proposal.pk)
    if said["register"] and not PROPOSAL.obstacle(fresh, "submit"):
        return writing.submit(fresh, by=by)
    return fresh
