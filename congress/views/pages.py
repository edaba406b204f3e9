"""The public front, everybody's messages and files, and the page that shows every component."""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import defaults
from django.views.generic import ListView, TemplateView, View

from congress.doors.middleware import problem_json
from congress.doors.portal import PolicyMixin
from congress.kernel import audit
from congress.kernel.reports import Report, ReportRefused
from congress.models import Attachment, Notice, Role
from congress.policies import ATTACHMENTS, NOTICES, has_role
from congress.services import attachments, printing


@method_decorator(login_not_required, name="dispatch")
class PublicHome(TemplateView):
    """What anyone may read without signing in."""

    template_name = "congress/public_home.html"


class Start(View):
    """Sends everybody to his own first page."""

    def get(self, request: HttpRequest) -> HttpResponseRedirect:
        if request.user.is_staff:
            return redirect("admin:index")
        if has_role(request.user, Role.DELEGATE):
            return redirect("portal_home")
        if has_role(request.user, Role.UNIT):
            return redirect("unit_home")
        return redirect("public_home")


class MessageList(PolicyMixin[Notice], ListView):
    """Everything the user was told, newest first."""

    policy, template_name, paginate_by = NOTICES, "congress/message_list.html", 25

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(layout=_layout(self.request), **kwargs)


class MyAccount(TemplateView):
    """The user's own: password, sign out."""

    template_name = "congress/my_account.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_delegate = has_role(self.request.user, Role.DELEGATE)
        return super().get_context_data(layout=_layout(self.request), is_delegate=is_delegate, **kwargs)


def _layout(request: HttpRequest) -> str:
    """The frame of the user's own pages."""
    if has_role(request.user, Role.DELEGATE):
        return "portal.html"
    return "unit.html" if has_role(request.user, Role.UNIT) else "base.html"


class MessageRead(PolicyMixin[Notice], View):
    """Marks one message read and opens what it speaks of."""

    policy = NOTICES

    def post(self, request: HttpRequest, pk: int) -> HttpResponseRedirect:
        notice = get_object_or_404(self.get_queryset(), pk=pk)
        self.get_queryset().filter(pk=pk, read_at=None).update(read_at=timezone.now())
        return redirect(_ours(request, notice.link) or reverse("message_list"))


class AttachmentDownload(View):
    """A private file, for who may see its organisation; never shown inside the site, never cached."""

    def get_attachment(self) -> Attachment:
        """The file, if the user may have it."""
        return get_object_or_404(ATTACHMENTS.visible(self.request.user), pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:
        attachment = self.get_attachment()
        audit.record(
            "download", by=request.user, subject=attachment.name, organization=attachment.organization,
            sha256=attachment.sha256,
        )  # fmt: skip
        try:
            content = attachments.open_file(attachment)
        except attachments.FileRefused as refused:
            raise Http404(str(refused)) from refused
        response = FileResponse(content, content_type="application/octet-stream")
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(attachment.name)}"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response._csp_replace = {"sandbox": True, "default-src": ["'none'"]}
        return response


class PrintAtOnce(View):
    """A sheet or two of paper for who asks, made while he waits. What cannot be made says why on the page before."""

    back: str  # where the sentence is read

    def get_report(self) -> Report:
        """The report, of the reader's own. Raises `ReportRefused`; what he may not see is a 404."""
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            report = self.get_report()
            content = printing.at_once(report, by=request.user)
        except ReportRefused as refused:
            messages.error(request, str(refused))
            return redirect(self.back)
        response = HttpResponse(content, content_type="application/pdf")
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(report.heading)}.pdf"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


@method_decorator(login_not_required, name="dispatch")
class SetSize(View):
    """Switches the large-text version on or off for this browser."""

    def post(self, request: HttpRequest) -> HttpResponseRedirect:
        response = redirect(_ours(request, request.POST.get("next", "")) or "/")
        size = "large" if request.POST.get("size") == "large" else "normal"
        response.set_cookie(
            "size", size, max_age=400 * 86400, samesite="Lax", httponly=True, secure=request.is_secure()
        )
        return response


@method_decorator(login_not_required, name="dispatch")
class Components(TemplateView):
    """Every component of the design system on one page."""

    template_name = "congress/components.html"
    extra_context = {"sample": [("青江镇", 66), ("石桥镇", 89), ("凤台镇", 65)]}


def _ours(request: HttpRequest, url: str) -> str:
    """`url` if it leads to this site, else nothing: nobody is sent away by a forged link."""
    safe = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if safe else ""


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No such address: scripts are told in their own words."""
    if request.path.startswith("/api/"):
        return problem_json(404, "not_found", "Not Found")
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Our fault: scripts are told in their own words."""
    if request.path.startswith("/api/"):
        return problem_json(500, "error", "Internal Server Error")
    return defaults.server_error(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A page that was open too long: what happened and what to do, nothing lost."""
    return render(request, "congress/csrf_failure.html", status=403)
