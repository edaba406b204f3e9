"""The recorded decisions on delegates, and their filing with the committee above."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from congress.doors.admin import ReadOnlyAdmin
from congress.doors.widgets import file_link
from congress.kernel.workflow import Refused
from delegates.admin.papers import PaperPages
from delegates.forms.decisions import day_field
from delegates.models import ChangeReason, Commitment, MandateChange
from delegates.policies import CHANGES, COMMITMENTS
from delegates.services import seats
from delegates.workflows import MANDATE


class FilingForm(forms.Form):
    """When the committee above took the decision on file, and its number."""

    filed_on = day_field(_("filed on"))
    number = forms.CharField(label=_("filing no."), max_length=100)


class FilingFilter(admin.SimpleListFilter):
    """What still has to be filed upward."""

    title, parameter_name = _("filing"), "filing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("due", _("to be filed")), ("done", _("filed")), ("report", _("to be reported to the next session"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "due":
                return queryset.filter(filing_due_on__isnull=False, filed_on=None)
            case "done":
                return queryset.exclude(filed_on=None)
            case "report":
                return queryset.filter(report_due=True, reported_at=None)
        return queryset.exclude(reason=ChangeReason.REGISTERED)


@admin.register(MandateChange)
class MandateChangeAdmin(PaperPages, ReadOnlyAdmin):
    policy = CHANGES
    list_display = ["delegate", "organization", "what", "reason", "target", "decided_on", "basis", "filing"]
    list_filter = [FilingFilter, "reason", "target"]
    search_fields = ["mandate__person__name"]
    date_hierarchy = None
    fields = [
        "delegate", "organization", "what", "reason", "source", "target", "decided_on", "basis", "proposer", "decider",
        "note", "scan_link", "by", "at", "filing_due_on", "filed_on", "filing_number", "filed_by", "reported_at",
    ]  # fmt: skip
    readonly_fields = ["delegate", "organization", "what", "scan_link"]
    change_form_template = "admin/delegates/decision_change_form.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        return rows.select_related("mandate__person", "mandate__congress__organization", "scan", "by", "filed_by")

    @admin.display(description=_("delegate"), ordering="mandate__roster_key")
    def delegate(self, obj: MandateChange) -> str:
        return obj.mandate.person.name

    @admin.display(description=_("organisation"), ordering="mandate__congress__organization__path")
    def organization(self, obj: MandateChange) -> str:
        return obj.mandate.congress.organization.name

    @admin.display(description=_("decision"))
    def what(self, obj: MandateChange) -> str:
        return str(MANDATE.row(obj.verb).label) if obj.verb in MANDATE.by_verb else str(_("registered"))

    @admin.display(description=_("filing"))
    def filing(self, obj: MandateChange) -> str:
        if obj.filed_on:
            return f"{obj.filing_number}（{obj.filed_on.year}年{obj.filed_on.month}月{obj.filed_on.day}日）"
        return str(_("to be filed")) if obj.filing_due_on else "—"

    @admin.display(description=_("scan of the document"))
    def scan_link(self, obj: MandateChange) -> str:
        return file_link(obj.scan)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj and not CHANGES.may_read_note(request.user, obj):
            return [name for name in self.fields if name not in {"note", "scan_link"}]
        return self.fields

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.file)
        return [path("<int:pk>/file/", view, name="delegates_mandatechange_file"), *super().get_urls()]

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        obj = self.get_object(request, object_id)
        extra = {"may_file": CHANGES.may_file(request.user, obj)} | (extra_context or {})
        return super().change_view(request, object_id, form_url, extra)

    def file(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Record that the committee above has it on file."""
        obj = self.get_object(request, str(pk))
        if not CHANGES.may_change(request.user, obj):
            raise PermissionDenied
        form = FilingForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                seats.record_filing(obj, by=request.user, **form.cleaned_data)
                messages.success(request, _("The filing is recorded."))
                return redirect("admin:delegates_mandatechange_change", pk)
            except Refused as refusal:
                form.add_error(None, str(refusal))
        context = self.admin_site.each_context(request) | {"form": form, "opts": self.opts, "object": obj}
        return TemplateResponse(
            request,
            "admin/congress/form_page.html",
            context | {"title": _("Record the filing with the committee above")},
        )


@admin.register(Commitment)
class CommitmentAdmin(ReadOnlyAdmin):
    """Who has signed the pledge of his term, and in what words."""

    policy = COMMITMENTS
    list_display = ["delegate", "organization", "signed_at"]
    search_fields = ["mandate__person__name"]
    fields = ["delegate", "organization", "text", "own_words", "signed_at"]
    readonly_fields = ["delegate", "organization"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("mandate__person", "mandate__congress__organization")

    @admin.display(description=_("delegate"), ordering="mandate__roster_key")
    def delegate(self, obj: Commitment) -> str:
        return obj.mandate.person.name

    @admin.display(description=_("organisation"), ordering="mandate__congress__organization__path")
    def organization(self, obj: Commitment) -> str:
        return obj.mandate.congress.organization.name
