"""The structure through the API: what is counted, against guidance and earlier terms."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from congress.doors.api import PolicyMixin
from congress.models import Congress
from congress.policies import CONGRESSES
from delegates.services import structure


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
            .running(timezone.localdate())
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
