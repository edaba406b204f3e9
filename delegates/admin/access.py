"""The delegates' accounts, on the pages of the delegates: opened, renewed, closed, and the slips to hand out."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from congress.kernel.workflow import Refused
from delegates.models import Mandate, Person
from delegates.policies import PERSONS
from delegates.services import access


class AccessPages:
    """What the register's pages add for accounts. Everything is asked by POST and shown once."""

    admin_site: Any
    opts: Any

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.access)
        return [path("<int:pk>/access/<slug:verb>/", view, name="delegates_mandate_access"), *super().get_urls()]  # type: ignore[misc]

    def access(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        """Issue a first password, close or reopen the account."""
        obj = self.get_object(request, str(pk))  # type: ignore[attr-defined]
        if request.method != "POST" or verb not in {"issue", "close", "reopen"}:
            raise Http404
        if verb == "issue":
            return self._slips(request, PERSONS.visible(request.user).filter(pk=obj.person_id))
        try:
            access.set_active(obj.person, verb == "reopen", by=request.user)
            messages.success(request, _("Done."))
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("admin:delegates_mandate_change", pk)

    @action(description=_("Open portal accounts and print the slips"))
    def issue_slips(self, request: HttpRequest, queryset: QuerySet[Mandate]) -> HttpResponse | None:
        # Who has an account keeps his password: a new one is asked for at his page, not by one tick too many.
        persons = PERSONS.visible(request.user).filter(pk__in=queryset.values("person"), user=None)
        try:
            return self._slips(request, persons)
        except PermissionDenied:
            messages.error(request, _("Some of those chosen are kept by another office, which opens their accounts."))
            return None

    def _slips(self, request: HttpRequest, persons: QuerySet[Person]) -> HttpResponse:
        try:
            slips = access.issue(persons, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(request.path.partition("access/")[0] + ("change/" if "/access/" in request.path else ""))
        context = self.admin_site.each_context(request) | {
            "slips": slips,
            "address": request.build_absolute_uri("/"),
            "opts": self.opts,
            "title": _("Slips to hand out"),
        }
        return TemplateResponse(request, "admin/delegates/slips.html", context)
