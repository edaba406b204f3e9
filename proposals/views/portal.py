"""A delegate's papers on his phone."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.views.generic import ListView, TemplateView

from congress.doors.portal import PolicyMixin, RoleMixin
from congress.models import Role
from proposals.models import Inquiry, Proposal
from proposals.policies import INQUIRIES, PROPOSALS


class MyProposals(RoleMixin, PolicyMixin[Proposal], ListView):
    """My papers, and those I am asked to sign."""

    roles, policy, template_name, paginate_by = (Role.DELEGATE,), PROPOSALS, "proposals/my_proposals.html", 25

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(pk__in=PROPOSALS.signed_by(self.request.user)).for_list()


class MyProposal(RoleMixin, TemplateView):
    """One paper: where it stands."""

    roles, template_name = (Role.DELEGATE,), "proposals/my_proposal.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        proposal = get_object_or_404(PROPOSALS.visible(self.request.user), pk=self.kwargs["pk"])
        return super().get_context_data(proposal=proposal, **kwargs)


class MyInquiry(RoleMixin, TemplateView):
    """One enquiry or interpellation."""

    roles, template_name = (Role.DELEGATE,), "proposals/my_inquiry.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        inquiry: Inquiry = get_object_or_404(INQUIRIES.visible(self.request.user), pk=self.kwargs["pk"])
        return super().get_context_data(inquiry=inquiry, **kwargs)
