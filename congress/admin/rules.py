"""Rules and the working-day calendar."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from congress.doors.admin import FIRST_YEAR, LAST_YEAR, YEARS, PolicyAdmin, VersionedForm
from congress.doors.widgets import Select
from congress.kernel import rules
from congress.models import CalendarDay, CalendarYear, Organization, Rule
from congress.policies import CALENDAR_DAYS, CALENDAR_YEARS, RULES, branches


class RuleForm(VersionedForm):
    """A rule's value, checked against what the rule is."""

    user: Any = None
    key = forms.ChoiceField(label=_("rule"), widget=Select)

    class Meta:
        model = Rule
        fields = ["key", "level", "organization", "valid_from", "value", "source"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "key" in self.fields:
            self.fields["key"].choices = [
                (key, _("%(title)s (default %(default)s)") % {"title": declared.title, "default": declared.default})
                for key, declared in rules.DECLARED.items()
                if RULES.may_set(self.user, key)
            ]
        if "value" in self.fields:
            self.fields["value"].help_text = _(
                "Written as the default is. Of guidance a share from 0 to 100, where 0 means that there is no guidance."
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("level") and data.get("organization"):
            self.add_error("level", _("Choose a level or an organisation, not both."))
        if data.get("key") and data.get("value"):
            try:
                rules.check(data["key"], data["value"])
            except forms.ValidationError as wrong:
                self.add_error("value", wrong)
        return data


@admin.register(Rule)
class RuleAdmin(PolicyAdmin):
    policy, form = RULES, RuleForm
    list_display = ["title", "value", "level", "organization", "valid_from", "source"]
    list_filter = ["level"]
    search_fields = ["key", "source"]
    list_select_related = ["organization"]
    change_list_template = "admin/congress/rule_change_list.html"

    @admin.display(description=_("rule"), ordering="key")
    def title(self, obj: Rule) -> str:
        declared = rules.DECLARED.get(obj.key)
        return str(declared.title) if declared else obj.key

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.user = request.user
        return form

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Rule:
        obj = super().get_object(request, object_id, from_field)
        obj.title = self.title(obj)
        return obj

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return super().changelist_view(request, (extra_context or {}) | {"declared": self._in_force(request)})

    def _in_force(self, request: HttpRequest) -> list[dict[str, Any]]:
        paths = branches(request.user)
        top = Organization.objects.filter(path__in=paths).order_by("path").first()
        today = timezone.localdate()
        in_force = rules.all_in_force(top, today) if top else {}
        lines = []
        for key, declared in rules.DECLARED.items():
            row = in_force.get(key)
            lines.append({
                "title": declared.title,
                "explains": declared.explains,
                "default": declared.default,
                "value": row.value if row else (declared.by_level or {}).get(top.kind if top else "", declared.default),
                "source": row.source if row else declared.source,
                "changed": row is not None,
            })  # fmt: skip
        return lines


@admin.register(CalendarDay)
class CalendarDayAdmin(PolicyAdmin):
    policy = CALENDAR_DAYS
    list_display = ["day", "weekday", "is_workday", "note"]
    list_filter = ["is_workday"]
    search_fields = ["note"]
    date_hierarchy = "day"

    @admin.display(description=_("weekday"))
    def weekday(self, obj: CalendarDay) -> str:
        return "星期" + "一二三四五六日"[obj.day.weekday()]


class CalendarYearForm(VersionedForm):
    """A year whose notice is loaded: deadlines in it are counted without a warning, so its days must be there."""

    def clean_year(self) -> int:
        year = self.cleaned_data["year"]
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise forms.ValidationError(_("The year must lie between %(first)s and %(last)s.") % YEARS)
        if not CalendarDay.objects.filter(day__year=year).exists():
            raise forms.ValidationError(
                _("No holiday or make-up day of %(year)s has been entered yet: enter them first.") % {"year": year}
            )
        return year


@admin.register(CalendarYear)
class CalendarYearAdmin(PolicyAdmin):
    policy, form = CALENDAR_YEARS, CalendarYearForm
    list_display = ["year", "source"]
