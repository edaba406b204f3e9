"""Elections: planned for a unit, led step by step, with candidates, ballots, speeches and objections on one page."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from congress.doors.admin import PolicyAdmin, VersionedForm, WorkflowAdmin
from congress.kernel.workflow import Refused
from delegates.admin.papers import PaperPages
from delegates.forms import DropForm
from delegates.forms.ballots import BallotForm, SpeechForm
from delegates.kernel.ballots import STAGES
from delegates.models import BallotStage, Election, ElectionMethod, ElectionState, Mandate, Objection
from delegates.policies import ELECTIONS, MANDATES, OBJECTIONS
from delegates.services import elections
from delegates.services.overview import election_page, offered_stages, with_due
from delegates.services.seats import refuse_full
from delegates.workflows import ELECTION
from delegates.workflows.tallies import outcome_of

PLANNED_WITH = ["electing_unit", "method", "seats", "opened_on", "note"]
TOGETHER = [("organization", "electing_unit"), ("kind", "method"), ("seats", "state"), ("opened_on", "notice"), "note"]
SHOWN = ["organization", "electing_unit", "kind", "method", "seats", "state", "opened_on", "notice", "note"]


class PlanForm(VersionedForm):
    """A new election. The older procedure is not offered: it is history."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "method" in self.fields:
            kept = {ElectionMethod.LEGACY, ElectionMethod.BY_ELECTION}
            self.fields["method"].choices = [(code, name) for code, name in ElectionMethod.choices if code not in kept]

    def clean(self) -> Any:
        """Refused here, where what was typed stays on the page; the service judges again."""
        data = super().clean()
        if data.get("electing_unit") and data.get("seats"):
            try:
                refuse_full(data["electing_unit"], data["seats"])
            except Refused as refusal:
                self.add_error("seats", str(refusal))
        return data


class StepFilter(admin.SimpleListFilter):
    """What is awaited; elections that are over only when asked for."""

    title, parameter_name = _("step"), "step"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(ElectionState.choices)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(state=self.value()) if self.value() in ElectionState.values else queryset


@admin.register(Election)
class ElectionAdmin(PaperPages, WorkflowAdmin):
    policy, workflow, form = ELECTIONS, ELECTION, PlanForm
    list_display = ["electing_unit", "organization", "kind", "method", "seats", "state", "opened_on"]
    list_filter = [StepFilter, "kind", "method"]
    search_fields = ["electing_unit__name", "electing_unit__congress__organization__name"]
    autocomplete_fields = ["electing_unit"]
    readonly_fields = ["organization", "notice"]
    change_form_template = "admin/delegates/election_change_form.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request).select_related("electing_unit__congress__organization__parent")
        page = request.resolver_match and request.resolver_match.url_name == "delegates_election_change"
        return with_due(rows) if page else rows

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return SHOWN if obj else PLANNED_WITH

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return SHOWN if obj else []

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [(None, {"fields": TOGETHER})] if obj else super().get_fieldsets(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # an election changes by its steps

    @admin.display(description=_("organisation"), ordering="electing_unit__congress__organization__path")
    def organization(self, obj: Election) -> str:
        return obj.electing_unit.congress.organization.name

    @admin.display(description=_("public notice"))
    def notice(self, obj: Election) -> str:
        if obj.notice_from is None or obj.notice_until is None:
            return "—"
        days = [f"{day.year}年{day.month}月{day.day}日" for day in (obj.notice_from, obj.notice_until)]
        return f"{days[0]}—{days[1]}，{obj.notice_place}"

    def save_model(self, request: HttpRequest, obj: Election, form: Any, change: bool) -> None:
        if change:
            return
        data = form.cleaned_data
        made = elections.plan(
            data["electing_unit"], method=data["method"], seats=data["seats"], opened_on=data["opened_on"],
            note=data["note"], by=request.user,
        )  # fmt: skip
        obj.pk = made.pk

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/ballot/<slug:stage>/", view(self.ballot), name="delegates_election_ballot"),
            path("<int:pk>/speech/", view(self.speech), name="delegates_election_speech"),
            path("<int:pk>/drop/<int:candidate>/", view(self.drop), name="delegates_election_drop"),
            *super().get_urls(),
        ]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if obj := context.get("original"):
            context |= election_page(obj)
            context["manages"] = ELECTIONS.may_change(request.user, obj)
            context["objections"] = obj.objections.all() if context["manages"] else []
        return super().render_change_form(request, context, *args, **kwargs)

    def ballot(self, request: HttpRequest, pk: int, stage: str) -> HttpResponse:
        """The figures of a counted ballot, and each candidate's votes."""
        obj = self._managed(request, pk)
        if stage not in STAGES.get(obj.method, ()):
            raise Http404
        if stage not in offered_stages(obj):
            messages.error(request, _("This election does not wait for this ballot now."))
            return redirect("admin:delegates_election_change", pk)
        tied = outcome.tied if stage == BallotStage.ELECTION and (outcome := outcome_of(obj)) else ()
        form = BallotForm(request.POST or None, election=obj, stage=stage, only=tied)
        if request.method == "POST" and form.is_valid():
            try:
                elections.count_ballot(obj, stage=stage, by=request.user, **form.counted())
                messages.success(request, _("The ballot is recorded."))
                return redirect("admin:delegates_election_change", pk)
            except Refused as refusal:
                form.add_error(None, str(refusal))
        return self._page(request, obj, form, form.title, "admin/delegates/ballot_form.html")

    def speech(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A candidate's public speech."""
        obj = self._managed(request, pk)
        form = SpeechForm(request.POST or None, election=obj)
        if request.method == "POST" and form.is_valid():
            elections.write_speech(by=request.user, **form.cleaned_data)
            messages.success(request, _("The speech is recorded."))
            return redirect("admin:delegates_election_change", pk)
        return self._page(request, obj, form, _("Record a public speech"), "admin/congress/form_page.html")

    def drop(self, request: HttpRequest, pk: int, candidate: int) -> HttpResponse:
        """Take a candidate off the list, and say why."""
        obj = self._managed(request, pk)
        mandate = MANDATES.visible(request.user).filter(pk=candidate, election=obj).first()
        if mandate is None:
            raise Http404
        form = DropForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                elections.drop_candidate(mandate, why=form.cleaned_data["note"], by=request.user)
                messages.success(request, _("%(name)s does not stand any more.") % {"name": mandate})
                return redirect("admin:delegates_election_change", pk)
            except Refused as refusal:
                form.add_error(None, str(refusal))
        title = _("Take %(name)s off the list of candidates") % {"name": mandate}
        return self._page(request, obj, form, title, "admin/congress/form_page.html")

    def _managed(self, request: HttpRequest, pk: int) -> Election:
        obj = self.get_object(request, str(pk))
        if not ELECTIONS.may_change(request.user, obj):
            raise PermissionDenied
        return obj

    def _page(self, request: HttpRequest, obj: Election, form: Any, title: Any, template: str) -> HttpResponse:
        back = reverse("admin:delegates_election_change", args=[obj.pk])
        context = self.admin_site.each_context(request) | {"form": form, "opts": self.opts, "object": obj, "back": back}
        return TemplateResponse(request, template, context | {"title": title})


class ObjectionForm(VersionedForm):
    """An objection is against the election, or against somebody who stands in it."""

    def clean(self) -> Any:
        data = super().clean()
        mandate, election = data.get("mandate"), data.get("election")
        if mandate and election and mandate.election_id != election.pk:
            self.add_error("mandate", _("This candidate stands in another election."))
        received = data.get("received_on") or self.instance.received_on
        if received and received > timezone.localdate():
            self.add_error(None, _("The day lies in the future."))
        if received and data.get("concluded_on") and data["concluded_on"] < received:
            self.add_error("concluded_on", _("It was concluded before it was received."))
        if data.get("upheld") is not None and not data.get("concluded_on"):
            self.add_error("concluded_on", _("A conclusion has a date and says whether the objection is upheld."))
        return data


@admin.register(Objection)
class ObjectionAdmin(PolicyAdmin):
    """What was said during the public notice; concluded before the vote."""

    policy, form = OBJECTIONS, ObjectionForm
    list_display = ["election", "received_on", "mandate", "upheld", "concluded_on"]
    list_filter = ["upheld"]
    fields = ["election", "mandate", "received_on", "real_name", "content", "finding", "upheld", "concluded_on"]
    list_select_related = ["election__electing_unit", "mandate__person"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related(*self.list_select_related)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["election", "mandate", "received_on"] if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "election":
            open_ones = ELECTIONS.visible(request.user).exclude(state__in=["completed", "cancelled"])
            kwargs["queryset"] = open_ones.select_related("electing_unit__congress__organization")
        if db_field.name == "mandate":
            candidates = MANDATES.visible(request.user).filter(status=Mandate.Status.CANDIDATE)
            kwargs["queryset"] = candidates.select_related("person")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "upheld" and isinstance(field, forms.NullBooleanField):
            field.widget = forms.Select(choices=[("", "—"), ("true", _("yes")), ("false", _("no"))])
        return field
