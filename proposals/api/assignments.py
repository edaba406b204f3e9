"""Units' parts in papers, with every step of their table as an action."""

from typing import Any

import django_filters
from rest_framework import viewsets
from rest_framework.filters import OrderingFilter

from congress.doors.api import AskedFilters, IdempotentMixin, TransitionMixin, WordSearch, takes
from proposals.api.serializers import AssignmentSerializer
from proposals.models import Assignment, AssignmentRole, AssignmentState
from proposals.policies import ASSIGNMENTS
from proposals.workflows import ASSIGNMENT

VERBS = [
    "sign_for",
    "object",
    "reassign",
    "approve_return",
    "refuse_return",
    "start",
    "ask_extension",
    "grant",
    "refuse",
    "give_opinion",
    "collect",
    "draft",
    "submit_reply",
    "bounce",
    "approve",
]


class AssignmentFilter(django_filters.FilterSet):
    """Declared filters; nothing else of the query reaches the database."""

    proposal = django_filters.NumberFilter(field_name="proposal", min_value=0, max_value=2**63 - 1)
    unit = django_filters.CharFilter(field_name="unit__code")
    state = django_filters.ChoiceFilter(choices=AssignmentState.choices)
    role = django_filters.ChoiceFilter(choices=AssignmentRole.choices)
    due_before = django_filters.DateFilter(field_name="due_on", lookup_expr="lt")

    class Meta:
        model = Assignment
        fields: list[str] = []


@takes(ASSIGNMENT, *VERBS)
class AssignmentViewSet(IdempotentMixin, TransitionMixin[Assignment], viewsets.ReadOnlyModelViewSet):
    """What units have in hand: the office sees its branch's papers, a unit its own parts."""

    policy, serializer_class, filterset_class = ASSIGNMENTS, AssignmentSerializer, AssignmentFilter
    filter_backends = [AskedFilters, OrderingFilter, WordSearch]
    ordering_fields, ordering = ["id", "due_on", "assigned_on"], ["-id"]

    def get_queryset(self) -> Any:
        return super().get_queryset().for_list()
