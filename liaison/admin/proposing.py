"""The page on which the office shares groups and delegates out among a committee."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _

from congress.kernel.workflow import Refused
from congress.policies import CONGRESSES, MANAGE, branches
from delegates.policies import MEMBERS
from liaison.services import proposing

MOST_CONGRESSES = 60


class ProposePages:
    """Which committee, then the proposal: each line may go to another member, or to nobody."""

    admin_site: Any
    opts: Any

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("propose/", view(self.choose_congress), name="liaison_propose"),
            path("propose/<int:pk>/", view(self.propose), name="liaison_propose_for"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def choose_congress(self, request: HttpRequest) -> HttpResponse:
        """The committees the user keeps links for; one alone is taken at once."""
        found = list(_managed(request)[:MOST_CONGRESSES])
        if len(found) == 1:
            return redirect("admin:liaison_propose_for", found[0].pk)
        return self._proposal_page(request, "admin/liaison/propose_where.html", congresses=found)

    def propose(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Shows what would be linked; what is agreed to is linked, all or nothing."""
        congress = _managed(request).filter(pk=pk).first()
        if congress is None:
            raise Http404
        members = list(MEMBERS.visible(request.user).filter(congress=congress, left_on=None).order_by("number", "pk"))
        if request.method == "POST":
            said = request.POST.items()
            try:
                wanted = {name: int(value) for name, value in said if _is_line(name) and value.isdecimal()}
                count = proposing.accept(congress, wanted, by=request.user)
                messages.success(request, _("%(count)s links have begun.") % {"count": count})
                return redirect("admin:liaison_committeelink_changelist")
            except Refused as refusal:
                messages.error(request, str(refusal))
        lines = proposing.propose(congress)
        return self._proposal_page(
            request, "admin/liaison/propose.html", congress=congress, members=members,
            groups=[line for line in lines if line.name.startswith("group")],
            delegates=[line for line in lines if line.name.startswith("mandate")],
        )  # fmt: skip

    def _proposal_page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        common = self.admin_site.each_context(request) | {"opts": self.opts, "title": _("Proposal of links")}
        return TemplateResponse(request, template, common | context)


def _managed(request: HttpRequest) -> Any:
    """Running congresses with a committee whose links the user keeps."""
    if not branches(request.user, MANAGE):
        raise PermissionDenied
    running = CONGRESSES.visible(request.user).running(timezone.localdate())
    with_members = running.filter(pk__in=MEMBERS.visible(request.user).filter(left_on=None).values("congress"))
    return with_members.select_related("organization").order_by("organization__path", "number")


def _is_line(name: str) -> bool:
    what, _dash, number = name.partition("-")
    return what in ("group", "mandate") and number.isascii() and number.isdecimal() and len(number) < 19
