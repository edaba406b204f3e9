"""Seats given to the electing units of a congress: by Party members, with the document they rest on."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from congress.kernel.workflow import Refused
from congress.models import Congress
from congress.policies import CONGRESSES
from delegates.policies import ELECTING_UNITS
from delegates.services import elections


class QuotaForm(forms.Form):
    """A number for every unit, and the document."""

    basis = forms.CharField(label=_("basis of the quota"), max_length=120)

    def __init__(self, data: Any = None, *, units: Any, suggested: dict[int, int]) -> None:
        super().__init__(data)
        for unit in units:
            self.fields[f"unit_{unit.pk}"] = forms.IntegerField(
                label=unit.name, min_value=0, max_value=2000, initial=suggested.get(unit.pk, unit.seat_quota)
            )
        self.units = units

    def rows(self) -> list[dict[str, Any]]:
        """For the page: each unit with its field."""
        return [{"unit": unit, "field": self[f"unit_{unit.pk}"]} for unit in self.units]

    def quotas(self) -> dict[int, int]:
        """The number for each unit."""
        return {unit.pk: self.cleaned_data[f"unit_{unit.pk}"] for unit in self.units}


class QuotaPages:
    """A mixin of the electing units' pages."""

    admin_site: Any
    opts: Any

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.quotas)
        return [path("quotas/<int:pk>/", view, name="delegates_quotas"), *super().get_urls()]  # type: ignore[misc]

    def quotas(self, request: HttpRequest, pk: int) -> HttpResponse:
        """All units of a congress on one page: what each has, what the members suggest, what is decided."""
        congress = CONGRESSES.visible(request.user).filter(pk=pk).select_related("organization").first()
        if congress is None:
            raise Http404
        if not CONGRESSES.may_change(request.user, congress):
            raise PermissionDenied
        units = list(ELECTING_UNITS.visible(request.user).filter(congress=congress))
        suggested, problem = self._suggested(request, congress, units)
        form = QuotaForm(request.POST or None, units=units, suggested=suggested)
        if request.method == "POST" and form.is_valid():
            try:
                changed = elections.set_quotas(
                    congress, form.quotas(), basis=form.cleaned_data["basis"], on=timezone.localdate(), by=request.user
                )
                messages.success(request, _("The seats of %(count)s units are decided.") % {"count": changed})
                return redirect("admin:delegates_electingunit_changelist")
            except Refused as refusal:
                form.add_error(None, str(refusal))
        context = self.admin_site.each_context(request) | {
            "form": form, "opts": self.opts, "congress": congress, "problem": problem, "suggested": suggested,
            "title": _("Seats of the electing units"), "given": sum(unit.seat_quota or 0 for unit in units),
        }  # fmt: skip
        return TemplateResponse(request, "admin/delegates/quotas.html", context)

    def _suggested(self, request: HttpRequest, congress: Congress, units: Any) -> tuple[dict[int, int], str]:
        if "suggest" not in request.GET:
            return {}, ""
        try:
            return elections.suggest_quotas(congress, units), ""
        except Refused as refusal:
            return {}, str(refusal)
