"""Electing units, delegations and groups."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from congress.doors.admin import PolicyAdmin
from delegates.models import DelegateGroup, Delegation, ElectingUnit, Mandate
from delegates.policies import DELEGATIONS, ELECTING_UNITS, GROUPS


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

    @admin.display(description=_("organisation"), ordering="congress__organization__path")
    def congress_of(self, obj: Any) -> str:
        # Not called `organization`: the bodies have a field of that name, which the list would show instead.
        return obj.congress.organization.name

    @admin.display(description=_("delegates in office"), ordering="serving")
    def serving(self, obj: Any) -> int:
        return obj.serving


@admin.register(ElectingUnit)
class ElectingUnitAdmin(BodyAdmin):
    policy, seat = ELECTING_UNITS, "electing_unit"
    list_display = ["name", "congress_of", "seat_quota", "serving"]
    fields = ["congress", "name", "organization", "seat_quota", "number"]
    autocomplete_fields = ["congress", "organization"]


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
