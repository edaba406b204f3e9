"""Trainings through the API: the days, and who came."""

from typing import Any

import django_filters
from rest_framework import serializers, viewsets
from rest_framework.filters import OrderingFilter, SearchFilter
from rest_framework.request import Request

from congress.doors.api import AskedFilters, PolicyMixin
from congress.kernel import audit
from delegates.models import Attendance, TrainingSession
from delegates.policies import ATTENDANCES, TRAININGS


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
    year = django_filters.NumberFilter(field_name="course__year", min_value=0, max_value=2**31 - 1)

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
    year = django_filters.NumberFilter(field_name="session__course__year", min_value=0, max_value=2**31 - 1)
    training = django_filters.NumberFilter(field_name="session_id", min_value=0, max_value=2**31 - 1)
    delegate = django_filters.NumberFilter(field_name="mandate_id", min_value=0, max_value=2**31 - 1)

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
