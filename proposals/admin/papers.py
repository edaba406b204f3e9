"""Papers as the office handles them: the list by state, one page a paper with everything about it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from congress.doors.admin import WorkflowAdmin
from proposals.models import Assignment, Proposal
from proposals.policies import ASSIGNMENTS, PROPOSALS
from proposals.workflows import ASSIGNMENT, PROPOSAL


@admin.register(Proposal)
class ProposalAdmin(WorkflowAdmin):
    policy, workflow = PROPOSALS, PROPOSAL
    list_display = ["number_shown", "title", "kind", "state", "lead_name", "due_on"]
    list_filter = ["state", "kind", "reply_class"]
    search_fields = ["title"]
    fields = ["title", "kind", "state", "category", "lead", "grounds", "root_cause", "evidence", "planning_opinion"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        return (
            super()
            .get_queryset(request)
            .select_related("congress__organization", "session", "lead__person", "category")
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a paper changes by its steps

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("number"))
    def number_shown(self, obj: Proposal) -> str:
        return f"{obj.kind_word}{obj.number_text}" if obj.number else "—"

    @admin.display(description=_("lead proposer"))
    def lead_name(self, obj: Proposal) -> str:
        return obj.lead.person.name


@admin.register(Assignment)
class AssignmentAdmin(WorkflowAdmin):
    policy, workflow = ASSIGNMENTS, ASSIGNMENT
    list_display = ["proposal", "unit", "role", "state", "due_on"]
    list_filter = ["state", "role"]
    search_fields = ["proposal__title", "unit__name"]
    fields = ["proposal", "unit", "role", "state", "assigned_on", "due_on"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).for_list()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
