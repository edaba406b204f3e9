"""Electing units, delegations and groups."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from congress.doors.admin import PolicyAdmin
from delegates.models import DelegateGroup, Delegation, ElectingUnit
from delegates.policies import DELEGATIONS, ELECTING_UNITS, GROUPS
from delegates.querysets import SERVING


class BodyAdmin(PolicyAdmin):
    """A body of a congress, with how many delegates serve in it."""

    search_fields = ["name", "congress__organization__name"]
    list_select_related = ["congress__organization"]
    autocomplete_fields = ["congress"]

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request).select_related("congress__organization")
        return rows.annotate(serving=Count("mandates", filter=Q(mandates__status__in=SERVING)))

    @admin.display(description=_("organisation"), ordering="congress__organization__path")
    def organization(self, obj: Any) -> str:
        return obj.congress.organization.name

    @admin.display(description=_("delegates in office"), ordering="serving")
    def serving(self, obj: Any) -> int:
        return obj.serving


@admin.register(ElectingUnit)
class ElectingUnitAdmin(BodyAdmin):
    policy = ELECTING_UNITS
    list_display = ["name", "organization", "seat_quota", "serving"]
    fields = ["congress", "name", "organization", "seat_quota", "number"]
    autocomplete_fields = ["congress", "organization"]


@admin.register(Delegation)
class DelegationAdmin(BodyAdmin):
    policy = DELEGATIONS
    list_display = ["name", "organization", "number", "head", "serving"]
    fields = ["congress", "number", "name", "head", "deputies", "liaison", "place"]
    autocomplete_fields = ["congress", "head", "deputies", "liaison"]
    list_select_related = ["congress__organization", "head__person"]


@admin.register(DelegateGroup)
class DelegateGroupAdmin(BodyAdmin):
    policy = GROUPS
    list_display = ["name", "organization", "leader", "deputy", "serving"]
    fields = ["congress", "name", "number", "organization", "leader", "deputy"]
    autocomplete_fields = ["congress", "organization", "leader", "deputy"]
    list_select_related = ["congress__organization", "leader__person", "deputy__person"]
