"""Workbooks in: upload, look at what would happen cell by cell, confirm."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django_htmx.http import HttpResponseClientRefresh
from unfold.widgets import UnfoldAdminFileFieldWidget

from congress.doors.admin import ReadOnlyAdmin, WorkflowAdmin
from congress.kernel.workflow import Refused
from congress.models import ImportRun, Organization, RowOutcome
from congress.policies import IMPORTS, MANAGE, ORGANIZATIONS, branches
from congress.services import attachments, imports
from congress.workflows import IMPORT


class UploadForm(forms.Form):
    """The workbook, what kind it is, and whose delegates it is about."""

    importer = forms.ChoiceField(label=_("Kind of workbook"), required=False)
    organization = forms.ModelChoiceField(
        label=_("Organisation"),
        queryset=Organization.objects.none(),
        help_text=_("The district for a workbook with a sheet for each township, or the township itself."),
    )
    file = forms.FileField(
        label=_("Workbook (.xlsx)"),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".xlsx"}),
        help_text=_("At most 20 MB."),
    )
    create_missing = forms.BooleanField(
        label=_("Also make townships, congresses, electing units and groups that are missing"),
        required=False,
        help_text=_("For rosters. A training sign-in list always makes the courses and days that are missing."),
    )

    def __init__(self, *args: Any, user: Any, kind: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        importers = [(key, import_string(name).title) for key, name in settings.IMPORTERS.items()]
        self.fields["importer"].choices = importers
        self.fields["importer"].initial = kind if kind in settings.IMPORTERS else importers[0][0]
        kinds = [Organization.Kind.DISTRICT, Organization.Kind.TOWNSHIP]
        self.fields["organization"].queryset = ORGANIZATIONS.visible(user).open().filter(kind__in=kinds)
        first = self.fields["organization"].queryset.first()
        self.fields["organization"].initial = first.pk if first else None

    def clean_importer(self) -> str:
        """The first kind unless another is chosen."""
        return self.cleaned_data["importer"] or self.fields["importer"].initial


@admin.register(ImportRun)
class ImportRunAdmin(WorkflowAdmin, ReadOnlyAdmin):
    policy, workflow = IMPORTS, IMPORT
    list_display = [
        "attachment",
        "organization",
        "state",
        "created",
        "updated",
        "unchanged",
        "rejected",
        "by",
        "uploaded_at",
    ]
    list_filter = ["state"]
    list_select_related = ["attachment", "organization", "by"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(branches(request.user, MANAGE))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        kind = request.GET.get("importer", "")
        form = UploadForm(request.POST or None, request.FILES or None, user=request.user, kind=kind)
        if request.method == "POST" and form.is_valid():
            try:
                run = self._upload(request, form.cleaned_data)
                return redirect("admin:congress_importrun_change", run.pk)
            except (Refused, attachments.FileRefused) as refusal:
                form.add_error("file", str(refusal))
        context = self.admin_site.each_context(request) | {
            "form": form,
            "opts": self.opts,
            "title": _("Import a workbook"),
        }
        return TemplateResponse(request, "admin/congress/import_upload.html", context)

    def _upload(self, request: HttpRequest, data: dict[str, Any]) -> ImportRun:
        return imports.upload(
            data["file"].read(),
            data["file"].name,
            data["organization"],
            importer=data["importer"],
            create_missing=data["create_missing"],
            by=request.user,
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """How far the run is; then what it would do, or did, row by row."""
        run = self.get_object(request, object_id)
        busy = run.state in {ImportRun.State.UPLOADED, ImportRun.State.CONFIRMED}
        if request.htmx and not busy:
            return HttpResponseClientRefresh()  # the whole page: the rows are there now
        shown = request.GET.get("outcome", "")
        rows = run.rows.all()
        if shown in RowOutcome.values:
            rows = rows.filter(outcome=shown)
        page = Paginator(rows, 100).get_page(request.GET.get("page"))
        counts = [(value, label, getattr(run, value)) for value, label in RowOutcome.choices]
        context = self.admin_site.each_context(request) | {
            "run": run,
            "busy": busy,
            "counts": counts,
            "outcome": shown,
            "page": page,
            "opts": self.opts,
            "title": str(run),
            "transitions": [{"row": row, "reason": reason} for row, reason in IMPORT.available(run, request.user)],
        }
        name = "_import_state.html" if request.htmx else "import_run.html"
        return TemplateResponse(request, f"admin/congress/{name}", context)

    def take(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        """Confirming posts the job as well, so it goes through the service."""
        run = self.get_object(request, str(pk))
        if request.method != "POST" or verb not in {"confirm", "drop"}:
            return redirect("admin:congress_importrun_change", pk)
        try:
            getattr(imports, verb)(run, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("admin:congress_importrun_change", pk)
