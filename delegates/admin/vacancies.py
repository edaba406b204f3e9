"""Vacancies, from the day a seat falls empty; and what is brought before the next session."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from congress.doors.admin import ReadOnlyAdmin, WorkflowAdmin
from congress.models import Session
from congress.policies import DUE_TIMES, MANAGE, SESSIONS, branches
from delegates.models import ElectionState, Vacancy, VacancyState
from delegates.policies import CHANGES, VACANCIES
from delegates.services import seats
from delegates.workflows import VACANCY
from delegates.workflows.openings import STEP, awaited


class StateFilter(admin.SimpleListFilter):
    """Open ones by the step their by-election stands at."""

    title, parameter_name = _("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        steps = [(f"open-{state}", awaited(state)) for state in ElectionState.values if state != "cancelled"]
        return [*VacancyState.choices, *steps]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        state, _dash, step = (self.value() or "").partition("-")
        if state not in VacancyState.values:
            return queryset
        queryset = queryset.filter(state=state)
        return queryset.filter(election__state=step) if step in ElectionState.values else queryset


class SessionForm(forms.Form):
    """Which session the report was made to."""

    session = forms.ModelChoiceField(label=_("session"), queryset=None)  # filled from the policy

    def clean_session(self) -> Session:
        """A session without a day cannot have heard anything."""
        session = self.cleaned_data["session"]
        if session.starts_on is None:
            raise forms.ValidationError(_("Enter first when the session opens."))
        return session


@admin.register(Vacancy)
class VacancyAdmin(WorkflowAdmin, ReadOnlyAdmin):
    policy, workflow = VACANCIES, VACANCY
    list_display = ["electing_unit", "organization", "cause", "left_by", "opened_on", "state", "step", "due"]
    list_filter = [StateFilter, "cause"]
    search_fields = ["electing_unit__name", "electing_unit__congress__organization__name"]
    fields = [
        "electing_unit", "organization", "cause", "left_by", "opened_on", "state", "by_election", "step", "due",
        "filled_by", "filled_on", "confirmed_at", "closed_basis",
    ]  # fmt: skip
    readonly_fields = ["organization", "by_election", "step", "due"]
    change_list_template = "admin/delegates/vacancy_change_list.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        due = DUE_TIMES.day_of(request.user, STEP, "election_id")
        rows = super().get_queryset(request).annotate(due_on=due)
        return rows.select_related(
            "electing_unit__congress__organization__parent", "left_by__person", "filled_by__person", "election"
        )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(
            request, {"reports": bool(branches(request.user, MANAGE))} | (extra_context or {})
        )

    @admin.display(description=_("organisation"), ordering="electing_unit__congress__organization__path")
    def organization(self, obj: Vacancy) -> str:
        return obj.electing_unit.congress.organization.name

    @admin.display(description=_("step of the by-election"))
    def step(self, obj: Vacancy) -> str:
        return awaited(obj.election.state) if obj.election and obj.state == VacancyState.OPEN else "—"

    @admin.display(description=_("due on"), ordering="due_on")
    def due(self, obj: Vacancy) -> str:
        day = obj.due_on if obj.state == VacancyState.OPEN else None
        if day is None:
            return "—"
        text = f"{day.year}年{day.month}月{day.day}日"
        late = (timezone.localdate() - day).days
        overdue = _("overdue by %(days)s days") % {"days": late}
        return format_html('<span class="lo-late">{}（{}）</span>', text, overdue) if late > 0 else text

    @admin.display(description=_("by-election"))
    def by_election(self, obj: Vacancy) -> str:
        if obj.election is None:
            return "—"
        page = reverse("admin:delegates_election_change", args=[obj.election_id])
        return format_html('<a href="{}">{}</a>', page, obj.election)

    def get_urls(self) -> list[URLPattern]:
        return [
            path("report/", self.admin_site.admin_view(self.report), name="delegates_vacancy_report"),
            *super().get_urls(),
        ]

    def report(self, request: HttpRequest) -> HttpResponse:
        """Everything that was to be brought before a session, in one step: shown first, then confirmed."""
        if not branches(request.user, MANAGE):
            raise PermissionDenied
        form = SessionForm(request.POST or request.GET or None)
        form.fields["session"].queryset = SESSIONS.visible(request.user).for_list().order_by("-starts_on")
        chosen = form.cleaned_data["session"] if form.is_valid() else None
        if request.method == "POST" and chosen:
            confirmed, reported = seats.report_to(chosen, by=request.user)
            messages.success(
                request,
                _("%(confirmed)s filled vacancies confirmed, %(reported)s decisions reported.")
                % {"confirmed": confirmed, "reported": reported},
            )
            return redirect("admin:delegates_vacancy_changelist")
        context = self.admin_site.each_context(request) | {"form": form, "opts": self.opts, "chosen": chosen}
        if chosen:
            filled = VACANCIES.visible(request.user).filter(seats.to_confirm(chosen))
            context["filled"] = filled.select_related("electing_unit", "filled_by__person", "left_by__person")
            changes = CHANGES.visible(request.user).filter(seats.to_report(chosen))
            context["changes"] = changes.select_related("mandate__person")
        context["title"] = _("Report to a session")
        return TemplateResponse(request, "admin/delegates/session_report.html", context)
