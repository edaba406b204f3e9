"""Papers as the office handles them: the list, the board, and one page a paper with everything about it."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.doors.admin import WorkflowAdmin
from congress.doors.figures import patient_figures
from congress.kernel import rules
from proposals.admin.desks import PaperDesks
from proposals.models import EDITABLE, WITH_THE_UNIT, WITH_UNITS, Assignment, Proposal, ReplyClass
from proposals.policies import ASSIGNMENTS, OFFICE_PAPERS, keeps
from proposals.services import overview
from proposals.services.lights import SOON_DAYS, light
from proposals.workflows import ASSIGNMENT, PROPOSAL
from proposals.workflows.conditions import is_leaderless
from proposals.workflows.letters import DECIDED
from proposals.workflows.papers import BEFORE_VOTE

REFUSALS = ("refuse_return", "refuse")  # whose forms do not show the unit's request themselves
ASKED = ("screening_readers", "proposal_adoption", "feedback_decides", "feedback_days")
LIGHTS = {"green": gettext_lazy("in time"), "yellow": gettext_lazy("due soon"), "red": gettext_lazy("overdue")}


def lamp(colour: str) -> str:
    """The light with its word: colour alone tells nobody who cannot see it."""
    return format_html('<span class="lo-light {}">{}</span>', colour, LIGHTS[colour]) if colour else "—"


class UrgencyFilter(admin.SimpleListFilter):
    """What is late, and what comes next."""

    title, parameter_name = gettext_lazy("urgency"), "urgency"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("late", _("overdue")), ("soon", _("due within 15 days")), ("asked", _("withdrawal asked"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        today = timezone.localdate()
        if self.value() == "late":
            return queryset.overdue(today)
        if self.value() == "soon":
            until = today + timedelta(days=SOON_DAYS)
            return queryset.filter(state__in=WITH_UNITS, due_on__range=(today, until))
        if self.value() == "asked":
            return queryset.exclude(withdrawal_reason="").filter(state__in=BEFORE_VOTE)
        return queryset


class ClassFilter(admin.SimpleListFilter):
    """The class of the reply. Its choices are known; the theme's own filter would read every paper for them."""

    title, parameter_name = gettext_lazy("class of the reply"), "reply_class"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(ReplyClass.choices)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(reply_class=self.value()) if self.value() in ReplyClass.values else queryset


class FoundByWords(WorkflowAdmin):
    """Lists that are searched as the model's own `matching` understands it."""

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return (queryset.matching(search_term) if search_term else queryset), False


@admin.register(Proposal)
class ProposalAdmin(PaperDesks, FoundByWords):
    policy, workflow, view_on_site = OFFICE_PAPERS, PROPOSAL, False
    list_display = ["number_shown", "title", "organization", "lead_name", "state", "due_shown", "light_shown"]
    list_display_links = ["number_shown", "title"]
    list_filter = [UrgencyFilter, "state", "kind", ClassFilter, "is_key"]
    search_fields = ["title"]
    fields = [
        ("number_shown", "kind"), ("state", "category"), ("scope", "lead_shown"), ("submitted_at", "former"),
        "prior_attempt", "also_submitted_to", "leader", "task_force", "planning_opinion",
        "decision_note", "closing_note",
    ]  # fmt: skip
    change_form_template = "admin/proposals/proposal_change_form.html"
    change_list_template = "admin/proposals/proposal_change_list.html"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [name for row in self.fields for name in (row if isinstance(row, tuple) else (row,))]

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        match = request.resolver_match
        if match and match.url_name == "proposals_proposal_changelist":
            return rows.for_list()
        return rows.select_related(
            "congress__organization", "session", "lead__person", "category", "leader", "merged_into"
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a paper changes by its steps

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a delegate writes it, or the office enters it from a paper form

    def history_from(self, obj: Proposal) -> Any:
        """What stood in a draft before it was handed in is its author's."""
        return None if obj.entered_by_id else obj.submitted_at or timezone.now()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(
            request, {"enters": OFFICE_PAPERS.may_create(request.user)} | (extra_context or {})
        )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [path("board/", view(self.board), name="proposals_board"), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if obj := context.get("original"):
            rules.remember(obj.congress.organization, *ASKED)
            context |= overview.paper_page(obj, request.user) | {"keeps": keeps(request.user, obj), "paper": obj}
            context["signed"] = sum(one.state == "signed" for one in context["signatures"])  # who said no did not sign
            context["decided"] = obj.state in DECIDED
            context["leaderless"] = obj.state in EDITABLE and is_leaderless(obj)
        return super().render_change_form(request, context, *args, **kwargs)

    def board(self, request: HttpRequest) -> HttpResponse:
        """Columns by what a paper waits for; a card goes only where the table has a step for it."""
        if not self.has_module_permission(request):
            raise Http404
        narrowed = {"is_key": True} if request.GET.get("key") else {}
        found = patient_figures(
            request.user,
            "key-papers" if narrowed else "papers",
            lambda: overview.figures(request.user, **narrowed),
            lambda known: sum(known["states"].values()),
        )
        columns = overview.board(request.user, found["states"], **narrowed)
        today, cards = timezone.localdate(), [card for column in columns for card in column.cards]
        moves, step = overview.moves(cards, request.user), reverse("admin:proposals_proposal_take", args=[0, "VERB"])
        paper = reverse("admin:proposals_proposal_change", args=[0])
        for card in cards:
            waits = card.state in WITH_UNITS
            card.light = light(card.due_on, today) if waits else ""
            card.page = paper.replace("/0/", f"/{card.pk}/")
            card.drops = [
                (column, step.replace("/0/", f"/{card.pk}/").replace("VERB", verb))
                for column, verb in moves.get(card.pk, {}).items()
            ]
        context = self.admin_site.each_context(request) | {
            "title": _("Board of papers"),
            "columns": columns,
            "opts": self.opts,
            "waiting": found["waiting"],
            "only_key": bool(narrowed),
            "per_column": overview.PER_COLUMN,
        }
        return TemplateResponse(request, "admin/proposals/board.html", context)

    @admin.display(description=gettext_lazy("paper number"), ordering="number")
    def number_shown(self, obj: Proposal) -> str:
        return f"{obj.kind_word}{obj.number_text}" if obj.number else "—"

    @admin.display(description=gettext_lazy("organisation"), ordering="congress__organization__path")
    def organization(self, obj: Proposal) -> str:
        return obj.congress.organization.name

    @admin.display(description=gettext_lazy("lead proposer"))
    def lead_name(self, obj: Proposal) -> str:
        return obj.lead.person.name

    @admin.display(description=gettext_lazy("lead proposer"))
    def lead_shown(self, obj: Proposal) -> str:
        return f"{obj.lead.person.name}（{obj.lead.person.post}）" if obj.lead.person.post else obj.lead.person.name

    @admin.display(description=gettext_lazy("reply due on"), ordering="due_on")
    def due_shown(self, obj: Proposal) -> str:
        return f"{obj.due_on.year}年{obj.due_on.month}月{obj.due_on.day}日" if obj.due_on else "—"

    @admin.display(description=gettext_lazy("light"))
    def light_shown(self, obj: Proposal) -> str:
        waits = obj.state in WITH_UNITS
        return lamp(light(obj.due_on, timezone.localdate())) if waits else "—"

    @admin.display(description=gettext_lazy("former number"))
    def former(self, obj: Proposal) -> str:
        return f"{obj.get_former_kind_display()} {obj.former_number}" if obj.former_number else "—"


@admin.register(Assignment)
class AssignmentAdmin(FoundByWords):
    """Units' parts: what the office decides about them. The paper's page shows them all together."""

    policy, workflow, view_on_site = ASSIGNMENTS, ASSIGNMENT, False
    list_display = ["title", "unit", "role", "state", "original_due_on", "due_on", "light_shown"]
    list_filter = ["state", "role"]
    search_fields = ["proposal__title", "unit__name"]
    fields = [
        "title", ("unit", "role"), ("state", "round"), ("assigned_on", "signed_at"), ("original_due_on", "due_on"),
        ("done_on", "handler_name"), "opinion",
    ]  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [name for row in self.fields for name in (row if isinstance(row, tuple) else (row,))]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).for_list()

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return (queryset.matching(search_term) if search_term else queryset), False

    def above(self, obj: Assignment) -> list[tuple[str, str]]:
        paper = obj.proposal
        return [(f"{paper.kind_word}{paper.number_text}", reverse("admin:proposals_proposal_change", args=[paper.pk]))]

    def asked(self, obj: Assignment, verb: str) -> list[str]:
        return overview.open_request(obj) if verb in REFUSALS else []

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=gettext_lazy("paper"))
    def title(self, obj: Assignment) -> str:
        url = reverse("admin:proposals_proposal_change", args=[obj.proposal_id])
        return format_html(
            '<a href="{}">{}{} {}</a>', url, obj.proposal.kind_word, obj.proposal.number_text, obj.proposal
        )

    @admin.display(description=gettext_lazy("light"))
    def light_shown(self, obj: Assignment) -> str:
        return lamp(light(obj.due_on, timezone.localdate()) if obj.state in WITH_THE_UNIT else "")
