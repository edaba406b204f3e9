"""Printed reports: choose one, see it, have it made, fetch it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django_htmx.http import HttpResponseClientRefresh

from congress.doors.admin import ReadOnlyAdmin
from congress.kernel.reports import Report, ReportRefused, registry
from congress.models import PrintedReport
from congress.policies import ATTACHMENTS, PRINTS, VIEW, branches
from congress.services import printing

FORMATS = [("pdf", "PDF"), ("xlsx", "XLSX")]


def _formats(report: type[Report]) -> list[tuple[str, str]]:
    return [choice for choice in FORMATS if choice[0] in report.formats]


@admin.register(PrintedReport)
class PrintedReportAdmin(ReadOnlyAdmin):
    policy = PRINTS
    list_display = ["title", "organization", "format", "state", "rows", "by", "asked_at", "download"]
    list_filter = ["state", "format"]
    search_fields = ["title", "key"]
    list_select_related = ["organization", "by", "attachment"]

    @admin.display(description=_("file"))
    def download(self, obj: PrintedReport) -> str:
        if obj.attachment is None:
            return "—"
        if obj.attachment.sensitive:
            return str(_("its printer's alone"))
        return format_html('<a href="{}">{}</a>', reverse("attachment", args=[obj.attachment_id]), _("Download"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(branches(request.user, VIEW))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """The reports there are, each with its parameters."""
        if not self.has_add_permission(request):
            raise Http404
        kinds = [{"key": key, "title": report.title} for key, report in registry().items() if report.listed]
        context = self.admin_site.each_context(request) | {
            "kinds": kinds,
            "opts": self.opts,
            "title": _("Print a report"),
        }
        return TemplateResponse(request, "admin/congress/print_kinds.html", context)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("ask/<slug:key>/", view(self.ask), name="congress_printedreport_ask"),
            path("ask/<slug:key>/preview/", view(self.preview), name="congress_printedreport_preview"),
            *super().get_urls(),
        ]

    def ask(self, request: HttpRequest, key: str) -> HttpResponse:
        """The parameters of one report, with a preview and the button that has it made."""
        report = registry().get(key)
        if report is None or not self.has_add_permission(request):
            raise Http404
        form = report.form(request.user, request.POST or None, initial=request.GET.dict())
        form.fields["format"] = forms.ChoiceField(label=_("Format"), choices=_formats(report), required=False)
        if request.method == "POST" and form.is_valid():
            wanted = request.POST.get("format") or "pdf"
            try:
                printed = printing.ask(key, self._params(form), wanted, by=request.user)
                return redirect("admin:congress_printedreport_change", printed.pk)
            except ReportRefused as refused:
                form.add_error(None, str(refused))
        context = self.admin_site.each_context(request) | {"form": form, "key": key, "opts": self.opts}
        context |= {"title": report.title}
        return TemplateResponse(request, "admin/congress/print_ask.html", context)

    @staticmethod
    def _params(form: forms.Form) -> dict[str, str]:
        posted = {name: form.data.get(name, "") for name in form.fields if name != "format"}
        return {name: value for name, value in posted.items() if value}

    def preview(self, request: HttpRequest, key: str) -> HttpResponse:
        """The document as a page, its first rows."""
        report = registry().get(key)
        if report is None or not self.has_add_permission(request):
            raise Http404
        params = {name: value for name, value in request.GET.items() if value and name != "format"}
        params.pop("csrfmiddlewaretoken", None)
        try:
            html = printing.preview_html(key, params, by=request.user)
        except ReportRefused as refused:
            context = self.admin_site.each_context(request) | {"problem": str(refused), "title": report.title}
            return TemplateResponse(request, "admin/congress/print_refused.html", context, status=422)
        return HttpResponse(html)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """How far the print is; then the file, its fingerprint, and who printed it."""
        printed = self.get_object(request, object_id)
        busy = printed.state in {PrintedReport.State.QUEUED, PrintedReport.State.RENDERING}
        if request.htmx and not busy:
            return HttpResponseClientRefresh()
        context = self.admin_site.each_context(request) | {
            "printed": printed,
            "busy": busy,
            "may_fetch": ATTACHMENTS.visible(request.user).filter(pk=printed.attachment_id).exists(),
            "opts": self.opts,
            "title": printed.title,
        }
        name = "_print_state.html" if request.htmx else "print_run.html"
        return TemplateResponse(request, f"admin/congress/{name}", context)
