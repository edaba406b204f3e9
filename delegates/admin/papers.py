"""Buttons that draft the papers of a record: a decision's, an election's, a credentials check's."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from congress.kernel.workflow import Refused
from congress.policies import MANAGE, branches
from delegates.services import paperwork


class PaperPages:
    """A mixin of pages whose rows have papers."""

    admin_site: Any
    opts: Any

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_paper"
        view = self.admin_site.admin_view(self.paper)
        return [path("<int:pk>/paper/<slug:kind>/", view, name=name), *super().get_urls()]  # type: ignore[misc]

    def paper(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        """Draft one paper, and lead to it."""
        obj = self.get_object(request, str(pk))  # type: ignore[attr-defined]
        if request.method != "POST":
            raise Http404
        if not branches(request.user, MANAGE):
            raise PermissionDenied
        try:
            document = paperwork.draft(obj, kind, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", pk)
        messages.success(request, _("Check the draft, then issue it: it gets its number and is archived."))
        return redirect("admin:congress_officialdocument_change", document.pk)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if obj := context.get("original"):
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_paper"
            context["papers"] = [
                {"paper": paper, "url": reverse(name, args=[obj.pk, paper.kind])}
                for paper in paperwork.papers_of(obj, request.user)
            ]
            context["writes"] = bool(branches(request.user, MANAGE))
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]
