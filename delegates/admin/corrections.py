"""What delegates ask to have corrected: the office's task."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from congress.doors.admin import ReadOnlyAdmin, WorkflowAdmin
from delegates.forms import fact_label
from delegates.models import CorrectionRequest
from delegates.policies import CORRECTIONS
from delegates.workflows import CORRECTION


@admin.register(CorrectionRequest)
class CorrectionRequestAdmin(WorkflowAdmin, ReadOnlyAdmin):
    policy, workflow = CORRECTIONS, CORRECTION
    list_display = ["delegate", "organization", "fact_label", "state", "asked_at", "answered_by"]
    list_filter = ["state"]
    list_select_related = ["mandate__person", "mandate__congress__organization", "answered_by"]
    fields = [
        "delegate", "organization", "fact_label", "wanted", "reason", "state", "asked_at", "answer", "answered_by",
        "answered_at",
    ]  # fmt: skip
    readonly_fields = ["delegate", "organization", "fact_label", "wanted"]
    change_form_template = "admin/delegates/correction_change_form.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related(*self.list_select_related)

    @admin.display(description=_("delegate"))
    def delegate(self, obj: CorrectionRequest) -> str:
        return obj.mandate.person.name

    @admin.display(description=_("organisation"))
    def organization(self, obj: CorrectionRequest) -> str:
        return obj.mandate.congress.organization.name

    @admin.display(description=_("fact"))
    def fact_label(self, obj: CorrectionRequest) -> str:
        return fact_label(obj.fact)

    @admin.display(description=_("should be"))
    def wanted(self, obj: CorrectionRequest) -> str:
        return obj.get_sealed("wanted")
