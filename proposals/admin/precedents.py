"""Earlier papers of 人大, of 政协 and of our own: what new ones are held against."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from congress.doors.admin import ReadOnlyAdmin
from congress.policies import MANAGE, branches
from proposals.models import Precedent, PrecedentSource
from proposals.policies import PRECEDENTS
from proposals.services import similar


class SourceFilter(admin.SimpleListFilter):
    """人大, 政协, or the party congress itself."""

    title, parameter_name = gettext_lazy("where it comes from"), "source"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(PrecedentSource.choices)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(source=self.value()) if self.value() in PrecedentSource.values else queryset


@admin.register(Precedent)
class PrecedentAdmin(ReadOnlyAdmin):
    """They come by a workbook or with our own papers; a corrected workbook corrects them."""

    policy = PRECEDENTS
    list_display = ["title", "source_shown", "year", "number_shown", "outcome", "whose"]
    list_filter = [SourceFilter, "year"]
    search_fields = ["title", "number_text"]
    list_select_related = ["organization", "proposal"]
    fields = ["title", ("source_shown", "year"), ("number_shown", "whose"), "outcome"]
    readonly_fields = ["source_shown", "number_shown", "whose", "outcome"]
    change_list_template = "admin/proposals/precedent_change_list.html"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        manages = bool(branches(request.user, MANAGE))
        return super().changelist_view(request, {"imports": manages} | (extra_context or {}))

    @admin.display(description=gettext_lazy("where it comes from"), ordering="source")
    def source_shown(self, obj: Precedent) -> str:
        return obj.get_source_display()

    @admin.display(description=gettext_lazy("paper number"), ordering="number_text")
    def number_shown(self, obj: Precedent) -> str:
        return obj.number_text or "—"

    @admin.display(description=gettext_lazy("what came of it"))
    def outcome(self, obj: Precedent) -> str:
        return similar.Alike(obj, 0).outcome or "—"

    @admin.display(description=gettext_lazy("organisation"), ordering="organization__path")
    def whose(self, obj: Precedent) -> str:
        return obj.organization.name
