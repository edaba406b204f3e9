"""A handling unit's desk."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.views.generic import TemplateView

from congress.doors.portal import RoleMixin
from congress.models import Role
from proposals.policies import ASSIGNMENTS, INQUIRIES


class Desk(RoleMixin, TemplateView):
    """What the unit has in hand, the most urgent first."""

    roles, template_name = (Role.UNIT,), "proposals/desk.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = ASSIGNMENTS.visible(self.request.user).for_list().open().by_urgency()
        return super().get_context_data(assignments=rows, **kwargs)


class AssignmentPage(RoleMixin, TemplateView):
    """One paper in the unit's hands."""

    roles, template_name = (Role.UNIT,), "proposals/assignment.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        assignment = get_object_or_404(ASSIGNMENTS.visible(self.request.user), pk=self.kwargs["pk"])
        return super().get_context_data(assignment=assignment, **kwargs)


class InquiryPage(RoleMixin, TemplateView):
    """One enquiry the body is asked."""

    roles, template_name = (Role.UNIT,), "proposals/unit_inquiry.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        inquiry = get_object_or_404(INQUIRIES.visible(self.request.user), pk=self.kwargs["pk"])
        return super().get_context_data(inquiry=inquiry, **kwargs)
