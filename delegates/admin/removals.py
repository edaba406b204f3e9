"""Motions to remove a delegate: the office writes down what the electing unit does."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from congress.doors.admin import VersionedForm, WorkflowAdmin
from delegates.models import RemovalMotion
from delegates.policies import MOTIONS
from delegates.services.consequences import consequences
from delegates.workflows import MANDATE, REMOVAL
from delegates.workflows.mandates import no_motion

MOVED_WITH = ["mandate", "mover", "supporters", "electors", "moved_on", "grounds"]
FOUND = [
    "state", "heard_on", "statement", "voted_on", "due", "present", "issued", "collected", "invalid", "votes_for",
    "votes_against",
]  # fmt: skip


class MotionForm(VersionedForm):
    """A motion is against a delegate who can be removed, and there is one at a time."""

    def clean(self) -> Any:
        data = super().clean()
        mandate = data.get("mandate")
        if data.get("moved_on") and data["moved_on"] > timezone.localdate():
            self.add_error("moved_on", _("The day lies in the future."))
        if self.instance.pk is None and mandate:
            if mandate.status not in MANDATE.row("remove").source:
                self.add_error("mandate", _("Only a delegate in office or suspended can be removed."))
            if reason := no_motion(mandate):
                self.add_error("mandate", reason)
        return data


@admin.register(RemovalMotion)
class RemovalMotionAdmin(WorkflowAdmin):
    policy, workflow, form = MOTIONS, REMOVAL, MotionForm
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
