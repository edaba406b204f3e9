"""The lives of papers, of units' parts in them, of promises and of inquiries: one table each."""

from proposals.workflows.assignments import ASSIGNMENT
from proposals.workflows.inquiries import INQUIRY
from proposals.workflows.invitations import INVITATION
from proposals.workflows.papers import PROPOSAL
from proposals.workflows.promises import UNDERTAKING
from proposals.workflows.signatures import SIGNATURE

__all__ = ["ASSIGNMENT", "INQUIRY", "INVITATION", "PROPOSAL", "SIGNATURE", "UNDERTAKING"]
