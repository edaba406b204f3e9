"""The admin site: staff with a verified second factor, nobody else."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from congress.doors.admin import PolicyAdmin
from congress.doors.dashboard import navigation


class StaffSite(UnfoldAdminSite):
    site_title = site_header = _("Party delegate liaison office")
    index_title = _("Dashboard")
    enable_nav_sidebar = True

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only pages that ask a policy: what a library registers of its own accord stays out."""
        if admin_class is not None and issubclass(admin_class, PolicyAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """The side navigation is ours; what Django lists of the applications is drawn on an application's own page."""
        return super().get_app_list(request, app_label) if app_label else []

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Our groups of links, which ask the policies already; the theme would judge each link again."""
        groups = navigation(request)
        items = [item for group in groups for item in group["items"]]
        links = [str(item["link"]) for item in items]
        fitting = [
            link for link in links if request.path == link or (link != "/admin/" and request.path.startswith(link))
        ]
        nearest = max(fitting, key=len, default="")  # the structure's page lies below the register's
        for item, link in zip(items, links, strict=True):
            item["active"] = link == nearest
        return groups

    def get_urls(self) -> list[Any]:
        """Without Django's redirect to a row's page of the public site: no row has one."""
        return [page for page in super().get_urls() if getattr(page, "name", "") != "view_on_site"]

    def password_change(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Our own page changes passwords: it ends tokens and is audited."""
        return redirect("password_change")

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff only, and only after the one-time code."""
        user = request.user
        return bool(user.is_active and user.is_staff and user.is_verified())

    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """One door for everybody: the portal's login page leads here and asks staff for the code."""
        if request.user.is_authenticated and not request.user.is_staff:
            raise Http404  # for a delegate or a unit there is no such site
        return redirect_to_login(request.get_full_path() if "/login" not in request.path else "/admin/")
