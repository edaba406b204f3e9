"""Enquiries and interpellations, and supervision meetings."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _

from congress.doors.admin import PolicyAdmin, WorkflowAdmin
from proposals.forms.office import MeetingForm
from proposals.models import Inquiry, SupervisionMeeting
from proposals.policies import INQUIRIES, MEETINGS
from proposals.services import supervision
from proposals.workflows import INQUIRY


@admin.register(Inquiry)
class InquiryAdmin(WorkflowAdmin):
    policy, workflow = INQUIRIES, INQUIRY
    list_display = ["subject", "kind", "target", "state", "due_on"]
    list_filter = ["state", "kind"]
    search_fields = ["subject"]
    list_select_related = ["target"]
    fields = ["subject", "kind", "state", "lead", "target", "question", "answer", "second_answer", "outcome"]
    readonly_fields = fields

    def history_from(self, obj: Inquiry) -> Any:
        """What stood in a draft before it was handed in is its author's."""
        return obj.submitted_at or timezone.now()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(SupervisionMeeting)
class SupervisionMeetingAdmin(PolicyAdmin):
    policy = MEETINGS
    list_display = ["held_on", "place", "chair", "organization", "next_on"]
    search_fields = ["place", "minutes"]
    fields = ["organization", "held_on", "place", "chair", "present", "minutes", "next_on"]
    list_select_related = ["organization"]
    change_form_template = "admin/proposals/meeting_change_form.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.papers)
        return [path("<int:pk>/papers/", view, name="proposals_meeting_papers"), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if obj := context.get("original"):
            context["steps"] = obj.steps.select_related("proposal", "assignment__unit").order_by("pk")
            context["manages"] = self.has_change_permission(request, obj)
        return super().render_change_form(request, context, *args, **kwargs)

    def papers(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What each unit said about its overdue paper, and when it is looked at again."""
        meeting = self.get_object(request, str(pk))
        if not self.has_change_permission(request, meeting):
            raise PermissionDenied
        rows = supervision.to_discuss(meeting, request.user)
        form = MeetingForm(request.POST or None, rows=rows, next_on=meeting.next_on)
        if request.method == "POST" and form.is_valid():
            count = supervision.minute(meeting, form.said(), by=request.user)
            messages.success(request, _("%(count)s papers are in the minutes.") % {"count": count})
            return redirect("admin:proposals_supervisionmeeting_change", pk)
        context = self.admin_site.each_context(request) | {"form": form, "object": meeting, "opts": self.opts}
        return TemplateResponse(
            request, "admin/proposals/meeting_papers.html", context | {"title": _("Papers of the meeting")}
        )
