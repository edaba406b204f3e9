"""Certificates on the delegates' pages: numbers given, sheets printed."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action

from congress.kernel.reports import ReportRefused
from congress.policies import CONGRESSES
from congress.services import printing
from delegates.policies import MANDATES
from delegates.services import certificates

MOST_CARDS = 500


class CertificatePages:
    """Mixed into the register's pages."""

    admin_site: Any

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.certificate)
        return [
            path("<int:pk>/certificate/", view, name="delegates_mandate_certificate"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    @action(description=_("Number and print the certificates (PDF)"))
    def print_certificates(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """Those in office get a number if they have none, and a sheet for each congress."""
        if queryset.count() > MOST_CARDS:
            messages.error(request, _("Choose at most %(most)s delegates at once.") % {"most": MOST_CARDS})
            return None
        chosen = MANDATES.visible(request.user).filter(pk__in=list(queryset.values_list("pk", flat=True))).serving()
        return self._certificates(request, chosen)

    @action(description=_("Print the contact cards (PDF)"))
    def print_cards(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """The cards of those in office, a print for each congress."""
        if queryset.count() > MOST_CARDS:
            messages.error(request, _("Choose at most %(most)s delegates at once.") % {"most": MOST_CARDS})
            return None
        chosen = MANDATES.visible(request.user).filter(pk__in=list(queryset.values_list("pk", flat=True))).serving()
        return self._printed(request, "d03-contact-card", chosen)

    def certificate(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The same for one delegate, from his page."""
        obj = self.get_object(request, str(pk))  # type: ignore[attr-defined]
        if request.method != "POST":
            raise Http404
        if not MANDATES.may_change(request.user, obj):
            raise PermissionDenied
        answer = self._certificates(request, MANDATES.visible(request.user).filter(pk=pk).serving())
        return answer or redirect("admin:delegates_mandate_change", pk)

    def _certificates(self, request: HttpRequest, chosen: QuerySet) -> HttpResponse | None:
        given = certificates.give_numbers(chosen, by=request.user)
        if given:
            text = ngettext("%(count)d number given.", "%(count)d numbers given.", given)
            messages.success(request, text % {"count": given})
        return self._printed(request, "d02-certificate", chosen)

    def _printed(self, request: HttpRequest, key: str, chosen: QuerySet) -> HttpResponse | None:
        rows = list(chosen.values_list("pk", "congress_id"))
        if not rows:
            messages.error(request, _("Only a delegate in office has a certificate or card."))
            return None
        congresses = CONGRESSES.visible(request.user).filter(pk__in={congress for _pk, congress in rows})
        try:
            prints = [
                printing.ask(key, _params(found, rows), "pdf", by=request.user)
                for found in congresses.select_related("organization")
            ]
        except ReportRefused as refused:
            messages.error(request, str(refused))
            return None
        messages.success(request, _("Being made. You will be told when it is ready."))
        if len(prints) == 1:
            return redirect("admin:congress_printedreport_change", prints[0].pk)
        return redirect("admin:congress_printedreport_changelist")


def _params(congress: Any, rows: list[tuple[int, int]]) -> dict[str, str]:
    return {"congress": congress.code, "chosen": ",".join(str(pk) for pk, of in rows if of == congress.pk)}
