"""Delegates through the API: masked, and only those the caller may see."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.filters import BaseFilterBackend, OrderingFilter
from rest_framework.request import Request
from rest_framework.response import Response

from congress.doors.api import AskedFilters, IdempotentMixin, PolicyMixin, TransitionMixin, takes
from congress.kernel import audit
from congress.kernel.workflow import Refused
from delegates.models import DelegateGroup, MainCategory, Mandate
from delegates.policies import GROUPS, MANDATES, keeps_register
from delegates.services import register
from delegates.services.consequences import consequences
from delegates.workflows import MANDATE


@extend_schema_field({"type": "string", "pattern": r"^\d{4}-\d{2}$", "example": "1975-03"})
class MonthField(serializers.DateField):
    """A month, as the register keeps it: without a day."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m", read_only=True, **kwargs)


def _reader(field: serializers.Field) -> Callable[[Mandate], Any]:
    get = attrgetter(field.source)

    def read(row: Mandate) -> Any:
        try:
            value = get(row)
        except AttributeError:
            if field.allow_null:  # no delegation, no group
                return None
            raise
        return None if value is None else field.to_representation(value)

    return read


class DelegateSerializer(serializers.ModelSerializer):
    """The contract's fields. ID numbers never leave here; phones only masked."""

    name = serializers.CharField(source="person.name", read_only=True)
    gender = serializers.CharField(source="person.gender", read_only=True)
    ethnicity = serializers.CharField(source="person.ethnicity", read_only=True)
    birth_month = MonthField(source="person.birth_month")
    joined_party_month = MonthField(source="person.joined_party_month", allow_null=True)
    education = serializers.CharField(source="person.education", read_only=True)
    post = serializers.CharField(source="person.post", read_only=True)
    category = serializers.CharField(source="main_category", read_only=True)
    electing_unit = serializers.CharField(source="electing_unit.name", read_only=True)
    delegation = serializers.CharField(source="delegation.name", read_only=True, allow_null=True, default=None)
    group = serializers.CharField(source="group.name", read_only=True, allow_null=True, default=None)
    congress = serializers.CharField(source="congress.code", read_only=True)
    organization = serializers.CharField(source="congress.organization.code", read_only=True)
    phone_masked = serializers.CharField(source="person.phone_masked", read_only=True)

    def to_representation(self, instance: Mandate) -> dict[str, Any]:
        """As the fields say, each by one getter: the library's way to each of 450 values was a sixth of a page."""
        return {name: read(instance) for name, read in self._readers}

    @cached_property
    def _readers(self) -> list[tuple[str, Callable[[Mandate], Any]]]:
        return [(field.field_name, _reader(field)) for field in self._readable_fields]

    class Meta:
        model = Mandate
        fields = [
            "id", "name", "gender", "ethnicity", "birth_month", "joined_party_month", "education", "post", "category",
            "front_line", "electing_unit", "delegation", "group", "method", "status", "congress", "organization",
            "phone_masked",
        ]  # fmt: skip


COLUMNS = [
    "person__uid", "person__name", "person__gender", "person__ethnicity", "person__birth_month",
    "person__joined_party_month", "person__education", "person__post", "person__phone_sealed", "main_category",
    "front_line", "method", "status", "roster_key", "electing_unit__name", "delegation__name", "group__name",
    "congress__number", "congress__organization__code",
]  # fmt: skip
"""What the serializer reads: the rest of a person's record is three quarters of it."""


class DelegateFilter(django_filters.FilterSet):
    """Declared filters; nothing else of the query reaches the database."""

    organization = django_filters.CharFilter(field_name="congress__organization__code")
    congress = django_filters.CharFilter(method="by_congress")
    gender = django_filters.ChoiceFilter(field_name="person__gender", choices=[("male", "male"), ("female", "female")])
    category = django_filters.ChoiceFilter(field_name="main_category", choices=MainCategory.choices)

    class Meta:
        model = Mandate
        fields = ["status", "method", "front_line"]

    def by_congress(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """`510701-15`: the code is the organisation's code and the term's number."""
        code, _dash, number = value.rpartition("-")
        if not (number.isascii() and number.isdigit() and len(number) <= 3):
            return queryset.none()
        return queryset.filter(congress__organization__code=code, congress__number=int(number))


class NameSearch(BaseFilterBackend):
    """`search=`: a name or part of it, pinyin, initials; a full number for who may see it."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        words = request.query_params.get("search", "").replace("\x00", "").strip()
        return register.search(queryset, words[:40], by=request.user) if words else queryset


VERBS = [
    "suspend", "restore", "cease", "terminate", "resign", "withdraw_resignation", "decline_resignation",
    "accept_resignation", "persuade", "dismiss",
]  # fmt: skip
NO_DELEGATES = (Mandate.Status.CANDIDATE, Mandate.Status.NOT_ELECTED)


class ResignationSerializer(serializers.Serializer):
    letter = serializers.CharField(min_length=10, max_length=2000)


class AskedVerbSerializer(serializers.Serializer):
    verb = serializers.ChoiceField([verb.replace("_", "-") for verb in VERBS])


class ConsequencesSerializer(serializers.Serializer):
    verb = serializers.CharField()
    possible = serializers.BooleanField()
    obstacle = serializers.CharField(help_text="Why it is not possible now; empty if it is")
    consequences = serializers.ListField(child=serializers.CharField())


@extend_schema_view(
    list=extend_schema(
        parameters=[OpenApiParameter("search", str, description="Name, part of it, pinyin or initials")],
        description="The delegates of the caller's branches; a delegate sees himself. Who only stands, or stood in "
        "vain, is listed when `status` asks for it.",
    )
)
@takes(MANDATE, *VERBS)
class DelegateViewSet(IdempotentMixin, TransitionMixin[Mandate], viewsets.ReadOnlyModelViewSet):
    """The delegates of the caller's branches; a delegate sees himself."""

    policy, serializer_class, filterset_class = MANDATES, DelegateSerializer, DelegateFilter
    filter_backends = [AskedFilters, OrderingFilter, NameSearch]
    ordering_fields, ordering = ["roster_key", "id"], ["roster_key", "id"]

    def get_queryset(self) -> Any:
        rows = super().get_queryset().for_list().only(*COLUMNS)
        if self.action == "list" and not self.request.query_params.get("status"):
            return rows.exclude(status__in=NO_DELEGATES)
        return rows

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        response = super().list(request, *args, **kwargs)
        audit.record("read_list", by=request.user, subject="delegates", rows=len(response.data["results"]))
        return response

    def facts(self, request: Request, verb: str, obj: Mandate, said: Any) -> dict[str, Any]:
        """A delegate takes his own letter back without a word; how the office knows of it, the office says."""
        if verb == "withdraw_resignation" and not keeps_register(request.user, obj):
            return {}
        return super().facts(request, verb, obj, said)

    def hear(self, request: Request, verb: str, obj: Mandate, said: Any) -> dict[str, Any]:
        """A delegate resigns today: only the office, which has his letter, may say that it came earlier."""
        if verb == "resign" and not keeps_register(request.user, obj):
            return super().hear(request, verb, obj, ResignationSerializer) | {"decided_on": timezone.localdate()}
        return super().hear(request, verb, obj, said)

    @extend_schema(parameters=[AskedVerbSerializer], responses=ConsequencesSerializer)
    @action(detail=True, filter_backends=[], pagination_class=None)
    def consequences(self, request: Request, pk: str | None = None) -> Response:
        """What a verb would bring with it, in the sentences that the office reads before it confirms."""
        asked = AskedVerbSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        word = asked.validated_data["verb"]
        verb, obj = word.replace("-", "_"), self.get_object()
        try:
            MANDATE.judge(obj, verb, by=request.user)
            obstacle = ""
        except Refused as refusal:
            obstacle = str(refusal)
        follows = [] if obstacle else consequences(obj, verb)
        return Response({"verb": word, "possible": not obstacle, "obstacle": obstacle, "consequences": follows})


class GroupSerializer(serializers.ModelSerializer):
    congress = serializers.CharField(source="congress.code", read_only=True)

    class Meta:
        model = DelegateGroup
        fields = ["id", "name", "number", "congress"]


class GroupViewSet(PolicyMixin[DelegateGroup], viewsets.ReadOnlyModelViewSet):
    """The delegate groups of the caller's branches."""

    policy, serializer_class = GROUPS, GroupSerializer
    filter_backends = [OrderingFilter]
    ordering_fields, ordering = ["number", "id"], ["congress", "number", "id"]

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("congress__organization")
