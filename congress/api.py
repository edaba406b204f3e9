"""The ground floor's resources: organisations, congresses, sessions, printed reports, tokens."""

from typing import Any

import django_filters
from django.http import FileResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from knox.models import AuthToken
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.filters import OrderingFilter, SearchFilter
from rest_framework.request import Request
from rest_framework.response import Response

from congress.doors.api import AskedFilters, IdempotentMixin, PolicyMixin
from congress.doors.authentication import StaffSession
from congress.kernel import audit
from congress.kernel import reports as kernel_reports
from congress.models import Congress, DueTime, OfficialDocument, Organization, PrintedReport, Session
from congress.policies import ATTACHMENTS, CONGRESSES, DOCUMENTS, DUE_TIMES, ORGANIZATIONS, PRINTS, SESSIONS
from congress.services import attachments, printing


class OrganizationSerializer(serializers.ModelSerializer):
    parent = serializers.SlugRelatedField(slug_field="code", read_only=True, allow_null=True)

    class Meta:
        model = Organization
        fields = ["id", "code", "name", "kind", "parent", "closed_on"]


class OrganizationViewSet(PolicyMixin[Organization], viewsets.ReadOnlyModelViewSet):
    """The organisations of the caller's branches."""

    policy, serializer_class = ORGANIZATIONS, OrganizationSerializer
    filter_backends = [SearchFilter, OrderingFilter]
    search_fields, ordering_fields, ordering = ["name", "code"], ["code", "name", "path"], ["path"]

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("parent")


class CongressSerializer(serializers.ModelSerializer):
    organization = serializers.SlugRelatedField(slug_field="code", read_only=True)
    code = serializers.CharField(read_only=True)
    full_name = serializers.CharField(read_only=True)
    short_name = serializers.CharField(read_only=True)

    class Meta:
        model = Congress
        fields = ["id", "code", "organization", "number", "full_name", "short_name", "starts_on", "ends_on", "seats"]


class CongressViewSet(PolicyMixin[Congress], viewsets.ReadOnlyModelViewSet):
    """The terms (届) of the caller's branches."""

    policy, serializer_class = CONGRESSES, CongressSerializer
    filter_backends = [SearchFilter, OrderingFilter]
    search_fields, ordering_fields = ["organization__name", "organization__code"], ["number", "starts_on"]

    def get_queryset(self) -> Any:
        return super().get_queryset().for_list()


class SessionSerializer(serializers.ModelSerializer):
    congress = serializers.CharField(source="congress.code", read_only=True)
    full_name = serializers.CharField(read_only=True)
    short_name = serializers.CharField(read_only=True)

    class Meta:
        model = Session
        fields = [
            "id", "congress", "number", "kind", "full_name", "short_name", "starts_on", "ends_on", "filing_closes_at",
            "place",
        ]  # fmt: skip


class SessionViewSet(PolicyMixin[Session], viewsets.ReadOnlyModelViewSet):
    """The sessions (次) of the caller's branches."""

    policy, serializer_class = SESSIONS, SessionSerializer
    filter_backends = [SearchFilter, OrderingFilter]
    search_fields, ordering_fields = ["congress__organization__name", "place"], ["number", "starts_on"]

    def get_queryset(self) -> Any:
        return super().get_queryset().for_list()


class DueTimeSerializer(serializers.ModelSerializer):
    organization = serializers.SlugRelatedField(slug_field="code", read_only=True)
    subject = serializers.IntegerField(source="subject_id", read_only=True)
    why = serializers.ListField(source="steps", child=serializers.CharField(), read_only=True)
    reminders = serializers.CharField(source="rung", read_only=True)

    class Meta:
        model = DueTime
        fields = [
            "id", "kind", "subject", "organization", "title", "starts_on", "due_on", "due_at", "why", "reminders",
            "closed_at",
        ]  # fmt: skip


class DueTimeFilter(django_filters.FilterSet):
    organization = django_filters.CharFilter(field_name="organization__code")
    kind = django_filters.CharFilter()
    open = django_filters.BooleanFilter(field_name="closed_at", lookup_expr="isnull")
    due_before = django_filters.DateFilter(field_name="due_on", lookup_expr="lt")

    class Meta:
        model = DueTime
        fields: list[str] = []


class DueTimeViewSet(PolicyMixin[DueTime], viewsets.ReadOnlyModelViewSet):
    """What the organisations of the caller's branches owe, by when and why; what is done stays with its day."""

    policy, serializer_class, filterset_class = DUE_TIMES, DueTimeSerializer, DueTimeFilter
    filter_backends = [AskedFilters, OrderingFilter]
    ordering_fields, ordering = ["due_on", "id"], ["due_at", "id"]

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("organization")


class PrintedReportSerializer(serializers.ModelSerializer):
    organization = serializers.SlugRelatedField(slug_field="code", read_only=True)
    sha256 = serializers.CharField(source="attachment.sha256", read_only=True, allow_null=True, default=None)
    params = serializers.JSONField(read_only=True)

    class Meta:
        model = PrintedReport
        fields = [
            "id", "key", "title", "format", "params", "organization", "state", "progress", "problem", "rows", "sha256",
            "asked_at", "finished_at",
        ]  # fmt: skip


class ReportRequestSerializer(serializers.Serializer):
    key = serializers.ChoiceField(choices=[])
    format = serializers.ChoiceField(choices=["pdf", "xlsx", "html"], default="pdf")
    params = serializers.DictField(child=serializers.CharField(max_length=100), default=dict)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].choices = [(key, key) for key in kernel_reports.registry()]


class ReportKindSerializer(serializers.Serializer):
    key = serializers.CharField()
    title = serializers.CharField()


class ReportViewSet(
    IdempotentMixin,
    PolicyMixin[PrintedReport],
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet,
):
    """Printed reports: ask for one, watch it being made, fetch the file."""

    policy, serializer_class = PRINTS, PrintedReportSerializer
    filter_backends = [SearchFilter, OrderingFilter]
    search_fields, ordering_fields, ordering = ["title", "key"], ["asked_at", "key"], ["-asked_at"]

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("organization", "attachment")

    @extend_schema(request=ReportRequestSerializer, responses={202: PrintedReportSerializer})
    def create(self, request: Request) -> Response:
        """Ask for a report. It is made in the background: read it again until `state` is `ready`."""
        asked = ReportRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        wanted = asked.validated_data
        try:
            printed = printing.ask(wanted["key"], wanted["params"], wanted["format"], by=request.user)
        except kernel_reports.ReportRefused as refused:
            raise ValidationError({"params": refused.errors or [str(refused)]}) from refused
        return Response(self.get_serializer(printed).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses=ReportKindSerializer(many=True))
    @action(detail=False, pagination_class=None, filter_backends=[])
    def kinds(self, request: Request) -> Response:
        """The reports there are, with their Chinese titles."""
        return Response([{"key": key, "title": str(report.title)} for key, report in kernel_reports.registry().items()])

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, filter_backends=[], pagination_class=None)
    def file(self, request: Request, pk: str | None = None) -> FileResponse:
        """The finished file."""
        printed = self.get_object()
        if not ATTACHMENTS.visible(request.user).filter(pk=printed.attachment_id).exists():
            raise NotFound(_("The report is not ready yet."))
        audit.record("download", by=request.user, subject=printed.title, organization=printed.organization,
                     sha256=printed.attachment.sha256)  # fmt: skip
        return FileResponse(
            attachments.open_file(printed.attachment),
            as_attachment=True,
            filename=printed.attachment.name,
            content_type="application/octet-stream",
        )


class DocumentSerializer(serializers.ModelSerializer):
    organization = serializers.SlugRelatedField(slug_field="code", read_only=True)
    number = serializers.CharField(source="number_text", read_only=True)

    class Meta:
        model = OfficialDocument
        fields = [
            "id", "organization", "kind", "about", "number", "title", "recipient", "state", "issued_on",
            "archive_sha256",
        ]  # fmt: skip


class DocumentViewSet(PolicyMixin[OfficialDocument], viewsets.ReadOnlyModelViewSet):
    """The official documents of the caller's branches; drafts for who manages them."""

    policy, serializer_class = DOCUMENTS, DocumentSerializer
    filter_backends = [SearchFilter, OrderingFilter]
    search_fields, ordering_fields, ordering = ["title", "about", "kind"], ["issued_on", "id"], ["-id"]

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("organization")


class TokenSerializer(serializers.Serializer):
    token = serializers.CharField()
    expires_at = serializers.DateTimeField()


class TokenViewSet(IdempotentMixin, viewsets.ViewSet):
    """Tokens for scripts. Only a signed-in session, second factor included, may make one; it is shown once."""

    authentication_classes = [StaffSession]
    keeps_answers = False

    @extend_schema(request=None, responses={201: TokenSerializer})
    def create(self, request: Request) -> Response:
        """A new token, valid for ten hours."""
        record, token = AuthToken.objects.create(user=request.user)
        audit.record("token_issue", by=request.user, subject=record.token_key)
        return Response({"token": token, "expires_at": record.expiry}, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={204: None})
    @action(detail=False, methods=["post"])
    def revoke(self, request: Request) -> Response:
        """End all of the caller's tokens."""
        request.user.auth_token_set.all().delete()
        audit.record("token_revoke", by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
