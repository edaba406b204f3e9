"""Delegates through the API: masked, and only those the caller may see."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.functional import cached_property
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers, viewsets
from rest_framework.filters import BaseFilterBackend, OrderingFilter, SearchFilter
from rest_framework.request import Request
from rest_framework.response import Response

from congress.doors.api import PolicyMixin
from congress.kernel import audit
from congress.models import Congress
from congress.policies import CONGRESSES
from delegates.models import Attendance, DelegateGroup, MainCategory, Mandate, TrainingSession
from delegates.policies import ATTENDANCES, GROUPS, MANDATES, TRAININGS
from delegates.services import register, structure


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


class AskedFilters(django_filters.rest_framework.DjangoFilterBackend):
    """Builds the filters' form only for who uses one: it is a tenth of a page."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        asked = set(request.query_params) & set(view.filterset_class.base_filters)
        return super().filter_queryset(request, queryset, view) if asked else queryset


class NameSearch(BaseFilterBackend):
    """`search=`: a name or part of it, pinyin, initials; a full number for who may see it."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        words = request.query_params.get("search", "").replace("\x00", "").strip()
        return register.search(queryset, words[:40], by=request.user) if words else queryset


@extend_schema_view(
    list=extend_schema(parameters=[OpenApiParameter("search", str, description="Name, part of it, pinyin or initials")])
)
class DelegateViewSet(PolicyMixin[Mandate], viewsets.ReadOnlyModelViewSet):
    """The delegates of the caller's branches; a delegate sees himself."""

    policy, serializer_class, filterset_class = MANDATES, DelegateSerializer, DelegateFilter
    filter_backends = [AskedFilters, OrderingFilter, NameSearch]
    ordering_fields, ordering = ["roster_key", "id"], ["roster_key", "id"]

    def get_queryset(self) -> Any:
        return super().get_queryset().for_list().only(*COLUMNS)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        response = super().list(request, *args, **kwargs)
        audit.record("read_list", by=request.user, subject="delegates", rows=len(response.data["results"]))
        return response


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


class GuidanceSerializer(serializers.Serializer):
    ratio = serializers.CharField(source="ratio.name")
    at_least = serializers.BooleanField(source="ratio.at_least")
    percent = serializers.DecimalField(source="asked", max_digits=4, decimal_places=1, coerce_to_string=False)
    delegates = serializers.IntegerField(source="number")
    missing = serializers.IntegerField(help_text="How many delegates too few, or too many; 0 where it is met")
    source = serializers.CharField()


class TermSerializer(serializers.Serializer):
    congress = serializers.CharField(source="congress.code")
    name = serializers.CharField()
    counts = serializers.SerializerMethodField()
    shares = serializers.SerializerMethodField()

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "integer"}})
    def get_counts(self, line: structure.Line) -> dict[str, int]:
        return {name: line[name] for name in structure.COUNTED}

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "number"}})
    def get_shares(self, line: structure.Line) -> dict[str, float]:
        """Percentages of the delegates, with one decimal; none of a congress without delegates."""
        return {name: round(float(line.share(name)), 1) for name in structure.COUNTED[1:] if line["total"]}


class StructureSerializer(TermSerializer):
    """One congress in office: what is counted, against guidance and against its earlier terms."""

    organization = serializers.CharField(source="congress.organization.code")
    seats = serializers.IntegerField(source="counts.seats", allow_null=True)
    guidance = serializers.SerializerMethodField()
    earlier = serializers.SerializerMethodField()

    @extend_schema_field(GuidanceSerializer(many=True))
    def get_guidance(self, line: structure.Line) -> list[Any]:
        return list(GuidanceSerializer([one for one in line.verdicts if one.asked is not None], many=True).data)

    @extend_schema_field(TermSerializer(many=True))
    def get_earlier(self, line: structure.Line) -> list[Any]:
        return list(TermSerializer(self.context["earlier"].get(line.congress, []), many=True).data)


@extend_schema_view(list=extend_schema(responses=StructureSerializer(many=True)))
class StructureViewSet(PolicyMixin[Congress], viewsets.GenericViewSet):
    """The composition of the congresses in office of the caller's branches, ages as of this month."""

    policy, serializer_class, filter_backends = CONGRESSES, StructureSerializer, []

    def get_queryset(self) -> Any:
        return (
            super()
            .get_queryset()
            .filter(structure.running())
            .select_related("organization")
            .order_by("organization__path", "number")
        )

    def list(self, request: Request) -> Response:
        """A page of congresses, each counted."""
        found = structure.compose(request.user, self.paginate_queryset(self.get_queryset()))
        return self.get_paginated_response(self._said(found))

    def retrieve(self, request: Request, pk: str | None = None) -> Response:
        """One congress."""
        (line,) = self._said(structure.compose(request.user, [self.get_object()]))
        return Response(line)

    def _said(self, found: structure.Structure) -> Any:
        earlier = {trend.terms[-1].congress: trend.terms[:-1] for trend in found.trends}
        context = self.get_serializer_context() | {"earlier": earlier}
        return StructureSerializer(found.lines, context=context, many=True).data


class TrainingSerializer(serializers.ModelSerializer):
    organization = serializers.CharField(source="course.organization.code", read_only=True)
    year = serializers.IntegerField(source="course.year", read_only=True)
    course = serializers.CharField(source="course.title", read_only=True)
    kind = serializers.CharField(source="course.kind", read_only=True)
    persons = serializers.IntegerField(read_only=True, help_text="how many came, of those the caller may see")

    class Meta:
        model = TrainingSession
        fields = [
            "id", "organization", "year", "course", "kind", "held_on", "starts_at", "ends_at", "place", "teacher",
            "hours", "persons",
        ]  # fmt: skip


class TrainingFilter(django_filters.FilterSet):
    """Declared filters; nothing else of the query reaches the database."""

    organization = django_filters.CharFilter(field_name="course__organization__code")
    year = django_filters.NumberFilter(field_name="course__year")

    class Meta:
        model = TrainingSession
        fields: list[str] = []


class TrainingViewSet(PolicyMixin[TrainingSession], viewsets.ReadOnlyModelViewSet):
    """The days of trainings that the caller sees or is invited to."""

    policy, serializer_class, filterset_class = TRAININGS, TrainingSerializer, TrainingFilter
    filter_backends = [AskedFilters, SearchFilter, OrderingFilter]
    search_fields, ordering_fields, ordering = ["course__title", "place"], ["held_on", "id"], ["-held_on", "-id"]

    def get_queryset(self) -> Any:
        return super().get_queryset().for_list().counted(ATTENDANCES.visible(self.request.user))


class AttendanceSerializer(serializers.ModelSerializer):
    """Who came. Study notes are no part of it: they are read in the portal, once published."""

    training = serializers.IntegerField(source="session_id", read_only=True)
    course = serializers.CharField(source="session.course.title", read_only=True)
    held_on = serializers.DateField(source="session.held_on", read_only=True)
    delegate = serializers.IntegerField(source="mandate_id", read_only=True)
    name = serializers.CharField(source="mandate.person.name", read_only=True)
    organization = serializers.CharField(source="mandate.congress.organization.code", read_only=True)

    class Meta:
        model = Attendance
        fields = [
            "id", "training", "course", "held_on", "delegate", "name", "organization", "hours", "how", "signed_at",
            "score",
        ]  # fmt: skip


class AttendanceFilter(django_filters.FilterSet):
    """Declared filters; nothing else of the query reaches the database."""

    organization = django_filters.CharFilter(field_name="mandate__congress__organization__code")
    year = django_filters.NumberFilter(field_name="session__course__year")
    training = django_filters.NumberFilter(field_name="session_id")
    delegate = django_filters.NumberFilter(field_name="mandate_id")

    class Meta:
        model = Attendance
        fields = ["how"]


class AttendanceViewSet(PolicyMixin[Attendance], viewsets.ReadOnlyModelViewSet):
    """Each time a delegate of the caller's branches came; a delegate sees his own."""

    policy, serializer_class, filterset_class = ATTENDANCES, AttendanceSerializer, AttendanceFilter
    filter_backends = [AskedFilters, OrderingFilter]
    ordering_fields, ordering = ["id", "signed_at"], ["-id"]

    def get_queryset(self) -> Any:
        return super().get_queryset().for_list()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        response = super().list(request, *args, **kwargs)
        audit.record("read_list", by=request.user, subject="attendances", rows=len(response.data["results"]))
        return response
