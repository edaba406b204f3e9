"""Electing units, delegations and groups."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from congress.admin.organizations import CongressAdmin
from congress.doors.admin import PolicyAdmin, VersionedForm
from congress.doors.widgets import TextInput
from congress.kernel import audit
from congress.models import Congress, Role
from congress.policies import CONGRESSES, has_role
from delegates.admin.quotas import QuotaPages
from delegates.models import DelegateGroup, Delegation, ElectingUnit, Mandate
from delegates.policies import DELEGATIONS, ELECTING_UNITS, GROUPS, MANDATES
from delegates.services.access import unit_account
from delegates.services.seats import fit_vacancies, refuse_over

MOST_LINKS = 20


class BodyAdmin(PolicyAdmin):
    """A body of a congress, with how many delegates serve in it; `seat` is the mandate's field that names it."""

    seat: str

    search_fields = ["name", "congress__organization__name"]
    list_select_related = ["congress__organization"]
    autocomplete_fields = ["congress"]

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request).select_related(*self.list_select_related)
        # Counted by body and not by a join: only the rows of the page are counted, not the whole register.
        serving = Mandate.objects.filter(**{self.seat: OuterRef("pk")}).serving().order_by().values(self.seat)
        counted = Subquery(serving.annotate(count=Count("pk")).values("count"))
        return rows.annotate(serving=Coalesce(counted, 0))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only delegates in office lead a body."""
        if db_field.remote_field.model is Mandate:
            kwargs["queryset"] = MANDATES.visible(request.user).serving()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = MANDATES.visible(request.user).serving()
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @admin.display(description=_("organisation"), ordering="congress__organization__path")
    def congress_of(self, obj: Any) -> str:
        # Not called `organization`: the bodies have a field of that name, which the list would show instead.
        return obj.congress.organization.name

    @admin.display(description=_("delegates in office"), ordering="serving")
    def serving(self, obj: Any) -> int:
        return obj.serving


class UnitForm(VersionedForm):
    """An electing unit. Its contact person is named by his account, which only its holder and the office know."""

    contact_name = forms.CharField(
        label=_("account of the contact person"),
        required=False,
        max_length=150,
        widget=TextInput(),
        help_text=_(
            "The unit's own account: it hears of steps that fall due and of decisions on its delegates. "
            "The district office names it."
        ),
    )

    user: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact_name"].disabled = not has_role(self.user, Role.OFFICE)
        if self.instance.contact:
            self.initial["contact_name"] = self.instance.contact.get_username()

    def clean_contact_name(self) -> str:
        """The name of an open account of a unit; nothing else is anybody's contact person."""
        name = self.cleaned_data["contact_name"].strip()
        self.contact = unit_account(name) if name else None
        if name and self.contact is None:
            audit.record("account_miss", by=self.user, subject=f"ElectingUnit {self.instance.pk or ''}")
            raise forms.ValidationError(_("There is no open unit account of this name."))
        return name

    def clean(self) -> Any:
        data = super().clean()
        self.instance.contact = getattr(self, "contact", self.instance.contact)
        return data


admin.site.unregister(Congress)


@admin.register(Congress)
class SeatedCongressAdmin(CongressAdmin):
    """The seats of a congress are never fewer than those its units have together."""

    def save_model(self, request: HttpRequest, obj: Congress, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        refuse_over(obj)


@admin.register(ElectingUnit)
class ElectingUnitAdmin(QuotaPages, BodyAdmin):
    policy, seat, form = ELECTING_UNITS, "electing_unit", UnitForm
    list_display = ["name", "congress_of", "party_members", "seat_quota", "serving"]
    fields = [
        "congress", "name", "organization", "party_members", "party_organisations", "seat_quota", "quota_basis",
        "contact_name", "number",
    ]  # fmt: skip
    autocomplete_fields = ["congress", "organization"]
    change_list_template = "admin/delegates/unit_change_list.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("contact")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kwargs["fields"] = [name for name in self.fields if name != "contact_name"]
        form = super().get_form(request, obj, change=change, **kwargs)
        form.user = request.user
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["congress"] if obj else []

    def save_model(self, request: HttpRequest, obj: ElectingUnit, form: Any, change: bool) -> None:
        form.changed_data = ["contact" if name == "contact_name" else name for name in form.changed_data]
        super().save_model(request, obj, form, change)
        refuse_over(obj.congress)
        fit_vacancies(obj, on=timezone.localdate(), by=request.user)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        running = CONGRESSES.visible(request.user).running(timezone.localdate()).select_related("organization")
        managed = [row for row in running[:MOST_LINKS] if CONGRESSES.may_change(request.user, row)]
        return super().changelist_view(request, {"quota_congresses": managed} | (extra_context or {}))


@admin.register(Delegation)
class DelegationAdmin(BodyAdmin):
    policy, seat = DELEGATIONS, "delegation"
    list_display = ["name", "congress_of", "number", "head", "serving"]
    fields = ["congress", "number", "name", "head", "deputies", "liaison", "place"]
    autocomplete_fields = ["congress", "head", "deputies", "liaison"]
    list_select_related = ["congress__organization", "head__person"]


@admin.register(DelegateGroup)
class DelegateGroupAdmin(BodyAdmin):
    policy, seat = GROUPS, "group"
    list_display = ["name", "congress_of", "leader", "deputy", "serving"]
    fields = ["congress", "name", "number", "organization", "leader", "deputy"]
    autocomplete_fields = ["congress", "organization", "leader", "deputy"]
    list_select_related = ["congress__organization", "leader__person", "deputy__person"]
