"""Papers through the API: the same policies, the same tables, the same words of refusal."""

from proposals.api.assignments import AssignmentViewSet
from proposals.api.papers import ProposalViewSet

__all__ = ["AssignmentViewSet", "ProposalViewSet"]
