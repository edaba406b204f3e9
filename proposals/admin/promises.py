"""Promises of class B replies (承诺): the office's list of what is owed to delegates, and one page for each."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.doors.admin import WorkflowAdmin
from congress.policies import ATTACHMENTS
from proposals.admin.papers import lamp
from proposals.models import Undertaking, UndertakingState
from proposals.policies import UNDERTAKINGS
from proposals.services import promises
from proposals.services.lights import SOON_DAYS, light, words
from proposals.workflows import UNDERTAKING


class LightFilter(admin.SimpleListFilter):
    """How near the day is of what is not done yet."""

    title, parameter_name = gettext_lazy("light"), "light"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("red", _("overdue")), ("yellow", _("due soon")), ("green", _("in time"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        today = timezone.localdate()
        until = today + timedelta(days=SOON_DAYS)
        meant = {
            "red": {"due_on__lt": today},
            "yellow": {"due_on__range": (today, until)},
            "green": {"due_on__gt": until},
        }
        days = meant.get(self.value() or "")
        return queryset.filter(state=UndertakingState.OPEN, **days) if days else queryset


class UnitFilter(admin.SimpleListFilter):
    """The units that promised something the user may see."""

    title, parameter_name = gettext_lazy("handling unit"), "unit"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = UNDERTAKINGS.visible(request.user).order_by("unit__path").values_list("unit", "unit__name")
        return [(str(pk), name) for pk, name in dict.fromkeys(rows)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        asked = self.value() or ""
        return queryset.filter(unit=asked) if asked in {key for key, _name in self.lookup_choices} else queryset


@admin.register(Undertaking)
class UndertakingAdmin(WorkflowAdmin):
    policy, workflow, view_on_site = UNDERTAKINGS, UNDERTAKING, False
    list_display = ["text", "unit", "paper", "due_on", "light_shown", "state"]
    list_filter = [LightFilter, "state", UnitFilter]
    search_fields = ["text"]
    fields = [
        "text", ("unit", "state"), ("due_on", "original_due_on"), "evidence_kind", ("done_on", "confirmed_by"),
        "evidence", "proof",
    ]  # fmt: skip
    change_form_template = "admin/proposals/promise_change_form.html"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [name for row in self.fields for name in (row if isinstance(row, tuple) else (row,))]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).for_list().select_related("evidence_file")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return (queryset.matching(search_term) if search_term else queryset), False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a promise changes by its steps

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a unit makes it in its reply

    def above(self, obj: Undertaking) -> list[tuple[str, str]]:
        paper = obj.proposal
        return [(f"{paper.kind_word}{paper.number_text}", reverse("admin:proposals_proposal_change", args=[paper.pk]))]

    def consequences(self, obj: Undertaking, verb: str) -> list[str]:
        return promises.consequences(obj, verb)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if obj := context.get("original"):
            owed = obj.state == UndertakingState.OPEN
            context |= promises.life_of(obj) | {"paper": obj.proposal}
            context["light"] = lamp(light(obj.due_on, timezone.localdate())) if owed else ""
            context["left"] = words(obj.due_on, timezone.localdate()) if owed else ""
            seen = ATTACHMENTS.visible(request.user).filter(pk=obj.evidence_file_id)
            context["proof"] = seen.first() if obj.evidence_file_id else None
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=gettext_lazy("paper"))
    def paper(self, obj: Undertaking) -> str:
        url = reverse("admin:proposals_proposal_change", args=[obj.proposal_id])
        name = f"{obj.proposal.kind_word}{obj.proposal.number_text}"
        return format_html('<span><a class="lo-link" href="{}">{}</a> {}</span>', url, name, obj.proposal)

    @admin.display(description=gettext_lazy("light"))
    def light_shown(self, obj: Undertaking) -> str:
        return lamp(light(obj.due_on, timezone.localdate()) if obj.state == UndertakingState.OPEN else "")

    @admin.display(description=gettext_lazy("evidence"))
    def proof(self, obj: Undertaking) -> str:
        return obj.evidence_file.name if obj.evidence_file else "—"
