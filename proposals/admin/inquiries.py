"""Enquiries and interpellations, and supervision meetings."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from congress.doors.admin import PolicyAdmin, WorkflowAdmin
from proposals.models import Inquiry, SupervisionMeeting
from proposals.policies import INQUIRIES, MEETINGS
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
