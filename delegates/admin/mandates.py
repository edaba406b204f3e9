"""The register: one list of delegates, one page for each."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from congress.doors.admin import VERSION_FIELD, WorkflowAdmin
from congress.doors.history import changes_of
from congress.kernel.reports import ReportRefused
from congress.kernel.workflow import Refused
from congress.models import Congress
from congress.policies import MANAGE, ORGANIZATIONS, branches
from congress.services import printing
from delegates.admin.access import AccessPages
from delegates.admin.certificates import CertificatePages
from delegates.admin.delegate_form import DelegateForm
from delegates.admin.structure import CompositionFilter, StructurePages
from delegates.forms import AssignForm
from delegates.kernel import names
from delegates.models import Mandate
from delegates.policies import CHANGES, ELECTIONS, MANDATES, MOTIONS, PERSONS
from delegates.services import register
from delegates.services.consequences import consequences
from delegates.services.record import record_sections
from delegates.services.seats import HOLDING
from delegates.workflows import MANDATE

MOST_TOWNSHIPS = 60


MOST_AT_ONCE = 500
NOW = (*HOLDING, Mandate.Status.ELECTED)


class TownshipFilter(admin.SimpleListFilter):
    """The organisations of the user's branches that hold a congress."""

    title, parameter_name = _("organisation"), "organization"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = ORGANIZATIONS.visible(request.user).filter(Exists(Congress.objects.filter(organization=OuterRef("pk"))))
        found = list(rows.values_list("code", "name")[: MOST_TOWNSHIPS + 1])
        if len(found) <= MOST_TOWNSHIPS:
            return found
        # Too many to offer on every page: only the chosen one, to which the list of organisations leads.
        return list(rows.filter(code=self.value()).values_list("code", "name")) if self.value() else []

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(congress__organization__code=self.value()) if self.value() else queryset


class CurrentFilter(admin.SimpleListFilter):
    """Those who hold a seat now, unless the past or the candidates are asked for."""

    title, parameter_name = _("status"), "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("all", _("all, with those who left and who stand")), *Mandate.Status.choices]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        return [first | {"display": _("holding a seat now")}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "all" or "composition" in request.GET:
            return queryset
        if self.value() in Mandate.Status.values:
            return queryset.filter(status=self.value())
        return queryset.filter(status__in=NOW)


@admin.register(Mandate)
class MandateAdmin(StructurePages, AccessPages, CertificatePages, WorkflowAdmin):
    policy, form, workflow = MANDATES, DelegateForm, MANDATE
    list_display = [
        "printed_name", "birth_month", "main_category", "post", "organization", "group", "phone", "status",
    ]  # fmt: skip
    list_filter = [
        TownshipFilter,
        CurrentFilter,
        "main_category",
        "front_line",
        "method",
        "person__gender",
        "person__migrant",
        CompositionFilter,
    ]
    search_fields = ["person__name"]
    search_help_text = _("Name or part of it, pinyin, initials, full ID or phone number")
    ordering = ["roster_key", "pk"]
    actions = [
        "print_roster", "print_forms", "export_workbook", "print_certificates", "print_cards", "assign", "issue_slips",
    ]  # fmt: skip
    readonly_fields = ["status"]
    change_form_template = "admin/delegates/mandate_change_form.html"
    fieldsets = DelegateForm.FIELDSETS

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """The list asks for its columns; a delegate's own page for who keeps the person and whose congress it is."""
        rows = super().get_queryset(request)
        if request.resolver_match and request.resolver_match.url_name == "delegates_mandate_changelist":
            return rows.for_register()
        return rows.select_related(
            "person__organization", "person__user", "congress__organization__parent", "electing_unit", "election"
        )

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        asked = search_term[:40]
        if request.resolver_match.url_name == "autocomplete":
            return queryset.filter(status__in=NOW).matching(asked), False
        return register.search(queryset, asked, by=request.user), False

    @admin.display(description=_("full name"), ordering="roster_key")
    def printed_name(self, obj: Mandate) -> str:
        return names.notation(obj.person.name, obj.person.gender, obj.person.ethnicity)

    @admin.display(description=_("month of birth"), ordering="person__birth_month")
    def birth_month(self, obj: Mandate) -> str:
        return f"{obj.person.birth_month:%Y.%m}"

    @admin.display(description=_("unit and post"))
    def post(self, obj: Mandate) -> str:
        return obj.person.post

    @admin.display(description=_("organisation"), ordering="congress__organization__path")
    def organization(self, obj: Mandate) -> str:
        return obj.congress.organization.name

    @admin.display(description=_("phone"))
    def phone(self, obj: Mandate) -> str:
        return obj.person.phone_masked

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        # The person's facts are declared on the form, so the factory is asked for the mandate's own fields only.
        kwargs["fields"] = DelegateForm.mandate_fields(change)
        form = super().get_form(request, obj, change=change, **kwargs)
        form.user = request.user
        form.election = None if obj else self._election(request)
        return form

    def _election(self, request: HttpRequest) -> Any:
        """The election whose candidate is added, named in the address; none when somebody in office is entered."""
        asked = request.GET.get("election", "")
        if not asked:
            return None
        rows = ELECTIONS.visible(request.user).select_related("electing_unit__congress__organization")
        found = rows.filter(pk=asked).first() if asked.isascii() and asked.isdigit() else None
        if found is None or not ELECTIONS.may_change(request.user, found):
            raise Http404
        return found

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj or "election" in request.GET:
            return self.fieldsets
        return [*self.fieldsets, (_("Registration"), {"fields": [("register_basis", "register_on")]})]

    def response_add(self, request: HttpRequest, obj: Mandate, post_url_continue: Any = None) -> HttpResponse:
        if obj.election_id and "election" in request.GET and "_addanother" not in request.POST:
            messages.success(request, _("%(name)s stands as a candidate.") % {"name": obj})
            return redirect("admin:delegates_election_change", obj.election_id)
        return super().response_add(request, obj, post_url_continue)

    def consequences(self, obj: Mandate, verb: str) -> list[str]:
        return consequences(obj, verb)

    def save_model(self, request: HttpRequest, obj: Mandate, form: Any, change: bool) -> None:
        if change:
            version = form.seen_version
            register.save_delegate(form, by=request.user, version=version, person_version=form.seen_person_version)
        else:
            register.add_delegate(form, by=request.user)
        rare = names.unranked(form.cleaned_data["name"])
        if rare and obj.manual_rank is None:
            messages.warning(
                request,
                _("The strokes of “%(letters)s” are not known: the name stands last. Give it a fixed place.")
                % {"letters": rare},
            )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The form for who may change the delegate; for readers the record, as the registration form has it."""
        obj = self.get_object(request, object_id)
        if self.has_change_permission(request, obj):
            return super().change_view(request, object_id, form_url, extra_context)
        if request.method == "POST":
            raise PermissionDenied
        context = self.admin_site.each_context(request) | {
            "title": obj.person.name,
            "opts": self.opts,
            "original": obj,
            "sections": record_sections(obj),
            "other_mandates": self._other_mandates(request, obj),
        }
        return TemplateResponse(request, "admin/delegates/record.html", context)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if obj := context.get("original"):
            context |= {
                "other_mandates": self._other_mandates(request, obj),
                "sensitive": register.sensitive_facts(obj.person),
                "may_reveal": register.may_reveal_person(request.user, obj),
                "keeps_person": PERSONS.may_change(request.user, obj.person),
                "version_field": VERSION_FIELD,
                "decisions": CHANGES.visible(request.user).filter(mandate=obj).select_related("scan"),
                "may_move": MOTIONS.may_create(request.user) and obj.status in MANDATE.row("remove").source,
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def _other_mandates(self, request: HttpRequest, obj: Mandate) -> QuerySet:
        rows = MANDATES.visible(request.user).filter(person=obj.person_id).exclude(pk=obj.pk)
        return rows.select_related("congress__organization")

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Both pasts, the person's and the mandate's: a page, or the part of one that the delegate's form asks for."""
        obj = self.get_object(request, object_id)
        context = {"person_changes": changes_of(obj.person)[:100], "mandate_changes": changes_of(obj)[:100]}
        if request.htmx:
            return TemplateResponse(request, "admin/delegates/_past.html", context)
        context |= self.admin_site.each_context(request)
        context |= {"title": _("History: %(name)s") % {"name": obj}, "opts": self.opts, "object": obj}
        return TemplateResponse(request, "admin/delegates/past.html", context)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/reveal/<slug:fact>/", view(self.reveal), name="delegates_mandate_reveal"),
            path("assign/", view(self.assign_page), name="delegates_mandate_assign"),
            *super().get_urls(),
        ]

    def reveal(self, request: HttpRequest, pk: int, fact: str) -> HttpResponse:
        """Show one personal number in clear, once, with a line in the audit."""
        obj = self.get_object(request, str(pk))
        if request.method != "POST" or fact not in register.SENSITIVE:
            raise Http404
        try:
            text = register.reveal(obj, fact, by=request.user)
        except Refused as refusal:
            return TemplateResponse(request, "admin/delegates/_revealed.html", {"problem": str(refusal)}, status=429)
        return TemplateResponse(request, "admin/delegates/_revealed.html", {"text": text})

    @action(description=_("Print the roster of their congress (PDF)"))
    def print_roster(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return self._print(request, queryset, "p01-roster", "pdf")

    @action(description=_("Print the registration forms of their congress (PDF)"))
    def print_forms(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return self._print(request, queryset, "p02-registration", "pdf")

    @action(description=_("Export the roster of their congress (XLSX)"))
    def export_workbook(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return self._print(request, queryset, "p01-roster", "xlsx")

    def _print(self, request: HttpRequest, queryset: QuerySet, key: str, wanted: str) -> HttpResponse | None:
        congresses = Congress.objects.filter(mandates__in=queryset).distinct().select_related("organization")
        try:
            prints = [printing.ask(key, {"congress": found.code}, wanted, by=request.user) for found in congresses[:30]]
        except ReportRefused as refused:
            messages.error(request, str(refused))
            return None
        messages.success(request, _("Being made. You will be told when it is ready."))
        if len(prints) == 1:
            return redirect("admin:congress_printedreport_change", prints[0].pk)
        return redirect("admin:congress_printedreport_changelist")

    @action(description=_("Move to another group or delegation…"))
    def assign(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        if queryset.count() > MOST_AT_ONCE:
            messages.error(request, _("Choose at most %(most)s delegates at once.") % {"most": MOST_AT_ONCE})
            return redirect(request.get_full_path())
        ids = ",".join(str(pk) for pk in queryset.values_list("pk", flat=True)[:MOST_AT_ONCE])
        return redirect(f"{reverse('admin:delegates_mandate_assign')}?ids={ids}")

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Readers are not offered what they may not do."""
        actions = super().get_actions(request)
        if not branches(request.user, MANAGE):
            changing = {"assign", "issue_slips", "print_certificates"}
            actions = {name: row for name, row in actions.items() if name not in changing}
        return actions

    def assign_page(self, request: HttpRequest) -> HttpResponse:
        """Shows who would move where before anything moves."""
        if not branches(request.user, MANAGE):
            raise PermissionDenied
        ids = [int(part) for part in request.GET.get("ids", "").split(",") if part.isascii() and part.isdigit()]
        chosen = self.get_queryset(request).filter(pk__in=ids)
        form = AssignForm(request.POST or None, mandates=chosen)
        if request.method == "POST" and form.is_valid():
            try:
                moved = register.assign(
                    chosen, form.cleaned_data["group"], form.cleaned_data["delegation"], by=request.user
                )
                messages.success(request, _("%(count)s delegates moved.") % {"count": moved})
                return redirect("admin:delegates_mandate_changelist")
            except Refused as refusal:
                form.add_error(None, str(refusal))
        context = self.admin_site.each_context(request) | {"form": form, "chosen": chosen, "opts": self.opts}
        return TemplateResponse(request, "admin/delegates/assign.html", context | {"title": _("Move delegates")})

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["status"] if obj else []
