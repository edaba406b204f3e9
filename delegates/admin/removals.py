"""Motions to remove a delegate: the office writes down what the electing unit does."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from congress.doors.admin import WorkflowAdmin
from delegates.models import RemovalMotion
from delegates.policies import MOTIONS
from delegates.services.consequences import consequences
from delegates.workflows import REMOVAL

MOVED_WITH = ["mandate", "mover", "supporters", "electors", "moved_on", "grounds"]
FOUND = [
    "state", "heard_on", "statement", "voted_on", "due", "present", "issued", "collected", "invalid", "votes_for",
    "votes_against",
]  # fmt: skip


@admin.register(RemovalMotion)
class RemovalMotionAdmin(WorkflowAdmin):
    policy, workflow = MOTIONS, REMOVAL
    list_display = ["delegate", "organization", "mover", "moved_on", "state"]
    list_filter = ["state"]
    search_fields = ["mandate__person__name"]
    autocomplete_fields = ["mandate"]

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        return rows.select_related(
            "mandate__person", "mandate__electing_unit", "mandate__congress__organization__parent"
        )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*MOVED_WITH, *FOUND] if obj else MOVED_WITH

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["mandate", *FOUND] if obj else []

    @admin.display(description=_("delegate"), ordering="mandate__roster_key")
    def delegate(self, obj: RemovalMotion) -> str:
        return obj.mandate.person.name

    @admin.display(description=_("organisation"), ordering="mandate__congress__organization__path")
    def organization(self, obj: RemovalMotion) -> str:
        return obj.mandate.congress.organization.name

    def consequences(self, obj: RemovalMotion, verb: str) -> list[str]:
        return consequences(obj.mandate, "remove") if verb == "approve" else []
