"""What is due: the ledger of every floor, with the reason of each day."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from congress.doors.admin import ReadOnlyAdmin
from congress.models import DueTime
from congress.policies import DUE_TIMES


class OpenFilter(admin.SimpleListFilter):
    """What is still owed, unless the past is asked for."""

    title, parameter_name = _("state"), "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("late", _("overdue")), ("done", _("done")), ("all", _("all"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "late":
                return queryset.filter(closed_at=None, due_at__lt=timezone.now())
            case "done":
                return queryset.exclude(closed_at=None)
            case "all":
                return queryset
        return queryset.filter(closed_at=None)


@admin.register(DueTime)
class DueTimeAdmin(ReadOnlyAdmin):
    policy = DUE_TIMES
    list_display = ["title", "organization", "due", "rung"]
    list_filter = [OpenFilter]
    search_fields = ["title"]
    ordering = ["due_at", "pk"]
    fields = [("title", "organization"), ("starts_on", "due_on"), ("rung", "next_at"), "closed_at", "why", "where"]
    readonly_fields = ["why", "where"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("organization")

    @admin.display(description=_("due on"), ordering="due_at")
    def due(self, obj: DueTime) -> str:
        text = f"{obj.due_on.year}年{obj.due_on.month}月{obj.due_on.day}日"
        late = (timezone.localdate() - obj.due_on).days
        if obj.closed_at or late <= 0:
            return text
        return format_html(
            '<span class="lo-late">{}（{}）</span>', text, _("overdue by %(days)s days") % {"days": late}
        )

    @admin.display(description=_("why this day"))
    def why(self, obj: DueTime) -> str:
        return format_html_join("", "<span>{}</span><br>", ((step,) for step in obj.steps))

    @admin.display(description=_("where it is done"))
    def where(self, obj: DueTime) -> str:
        return format_html('<a href="{}">{}</a>', obj.link, _("Open")) if obj.link else "—"
