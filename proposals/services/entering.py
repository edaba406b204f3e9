"""Papers that come on paper: typed off by the office, with the scan that proves the signatures (F070)."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from congress.doors.admin import SCANS
from congress.services import attachments
from proposals.models import Proposal
from proposals.services import writing
from proposals.workflows import PROPOSAL


@transaction.atomic
def enter(said: Mapping[str, Any], scan: Any, *, by: Any) -> Proposal:
    """Keep the paper with its signatures; register it if that was asked and nothing is missing.

    What is incomplete stays a draft of the office, where its page says what is missing. Raises `Refused` for a file
    that is no scan, `PermissionDenied` outside the office's branch.
    """
    lead = said["lead_mandate"]
    proposal = writing.begin(lead, by=by, kind=said["kind"])
    facts = {name: said[name] for name in ("title", "category", "scope", "grounds", "root_cause", "evidence")}
    facts["is_party_building"] = bool(said["category"] and said["category"].is_party_building)
    proposal = writing.save(proposal, facts, said["measures"], by=by, version=None)
    kept = attachments.store(scan.read(), name=scan.name, organization=lead.congress.organization, by=by, kinds=SCANS)
    writing.sign_on_paper(proposal, said["co_mandates"], kept, by=by)
    fresh = Proposal.objects.get(pk=proposal.pk)
    if said["register"] and not PROPOSAL.obstacle(fresh, "submit"):
        return writing.submit(fresh, by=by)
    return fresh
