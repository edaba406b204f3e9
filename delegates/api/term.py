"""What happens in a term through the API: elections, vacancies, decisions, credentials, motions to remove."""

from typing import Any

import django_filters
from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.filters import OrderingFilter

from congress.doors.api import AskedFilters, IdempotentMixin, PolicyMixin, TransitionMixin, takes
from congress.policies import DUE_TIMES
from delegates.models import (
    Ballot,
    BallotResult,
    CredentialsItem,
    CredentialsReview,
    Election,
    ElectionStep,
    Mandate,
    MandateChange,
    RemovalMotion,
    Vacancy,
    VacancyState,
)
from delegates.policies import CHANGES, ELECTIONS, MANDATES, MOTIONS, REVIEWS, VACANCIES
from delegates.workflows import CREDENTIALS, ELECTION, REMOVAL, VACANCY
from delegates.workflows.openings import STEP


class CandidateSerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="person.name", read_only=True)

    class Meta:
        model = Mandate
        fields = ["id", "name", "status"]


class VotesSerializer(serializers.ModelSerializer):
    candidate = serializers.IntegerField(source="mandate_id", read_only=True)

    class Meta:
        model = BallotResult
        fields = ["candidate", "votes_for", "votes_against", "abstentions"]


class BallotSerializer(serializers.ModelSerializer):
    valid = serializers.IntegerField(read_only=True)
    void = serializers.BooleanField(source="is_void", read_only=True)
    results = VotesSerializer(many=True, read_only=True)

    class Meta:
        model = Ballot
        fields = [
            "stage", "round", "held_on", "due", "present", "issued", "collected", "invalid", "valid", "void", "results",
        ]  # fmt: skip


class StepSerializer(serializers.ModelSerializer):
    class Meta:
        model = ElectionStep
        fields = ["verb", "done_on", "basis", "note"]


class SeatSerializer(serializers.ModelSerializer):
    """What an election and a vacancy have in common: the unit whose seat it is, and the day that is owed."""

    organization = serializers.CharField(source="electing_unit.congress.organization.code", read_only=True)
    congress = serializers.CharField(source="electing_unit.congress.code", read_only=True)
    electing_unit = serializers.CharField(source="electing_unit.name", read_only=True)
    due_on = serializers.DateField(read_only=True, allow_null=True, help_text="When the next step is due")


class ElectionSerializer(SeatSerializer):
    candidates = CandidateSerializer(many=True, read_only=True)
    ballots = BallotSerializer(many=True, read_only=True)
    steps = StepSerializer(many=True, read_only=True)

    class Meta:
        model = Election
        fields = [
            "id", "organization", "congress", "electing_unit", "kind", "method", "seats", "state", "opened_on",
            "due_on", "notice_from", "notice_until", "notice_place", "note", "candidates", "ballots", "steps",
        ]  # fmt: skip


class VacancySerializer(SeatSerializer):
    left_by_name = serializers.CharField(source="left_by.person.name", read_only=True, allow_null=True, default=None)
    filled_by_name = serializers.CharField(
        source="filled_by.person.name", read_only=True, allow_null=True, default=None
    )
    step = serializers.SerializerMethodField(help_text="Where its by-election stands while it is open")

    class Meta:
        model = Vacancy
        fields = [
            "id", "organization", "congress", "electing_unit", "cause", "opened_on", "state", "left_by",
            "left_by_name", "election", "step", "due_on", "filled_by", "filled_by_name", "filled_on", "confirmed_at",
            "closed_basis",
        ]  # fmt: skip

    @extend_schema_field({"type": "string", "nullable": True})
    def get_step(self, vacancy: Vacancy) -> str | None:
        return vacancy.election.state if vacancy.election and vacancy.state == VacancyState.OPEN else None


class MandateChangeSerializer(serializers.ModelSerializer):
    delegate = serializers.IntegerField(source="mandate_id", read_only=True)
    name = serializers.CharField(source="mandate.person.name", read_only=True)
    organization = serializers.CharField(source="mandate.congress.organization.code", read_only=True)
    congress = serializers.CharField(source="mandate.congress.code", read_only=True)
    note = serializers.SerializerMethodField(help_text="Empty where it is a letter that is not the caller's to read")

    class Meta:
        model = MandateChange
        fields = [
            "id", "delegate", "name", "organization", "congress", "verb", "source", "target", "reason", "decided_on",
            "basis", "proposer", "decider", "note", "filing_due_on", "filed_on", "filing_number", "report_due",
            "reported_at",
        ]  # fmt: skip

    def get_note(self, change: MandateChange) -> str:
        return change.note if CHANGES.may_read_note(self.context["request"].user, change) else ""


class CredentialsItemSerializer(serializers.ModelSerializer):
    delegate = serializers.IntegerField(source="mandate_id", read_only=True)
    name = serializers.CharField(source="mandate.person.name", read_only=True)

    class Meta:
        model = CredentialsItem
        fields = [
            "delegate", "name", "procedure_sound", "votes_enough", "full_member", "notice_clear", "verdict", "note",
        ]  # fmt: skip


class CredentialsReviewSerializer(serializers.ModelSerializer):
    organization = serializers.CharField(source="congress.organization.code", read_only=True)
    congress = serializers.CharField(source="congress.code", read_only=True)
    items = CredentialsItemSerializer(many=True, read_only=True)

    class Meta:
        model = CredentialsReview
        fields = [
            "id", "organization", "congress", "checked_on", "members", "opinion", "state", "decided_on", "basis",
            "items",
        ]  # fmt: skip


class RemovalMotionSerializer(serializers.ModelSerializer):
    delegate = serializers.IntegerField(source="mandate_id", read_only=True)
    name = serializers.CharField(source="mandate.person.name", read_only=True)
    organization = serializers.CharField(source="mandate.congress.organization.code", read_only=True)
    congress = serializers.CharField(source="mandate.congress.code", read_only=True)

    class Meta:
        model = RemovalMotion
        fields = [
            "id", "delegate", "name", "organization", "congress", "mover", "supporters", "electors", "grounds",
            "moved_on", "state", "heard_on", "statement", "voted_on", "due", "present", "issued", "collected",
            "invalid", "votes_for", "votes_against",
        ]  # fmt: skip


class ElectionFilter(django_filters.FilterSet):
    organization = django_filters.CharFilter(field_name="electing_unit__congress__organization__code")

    class Meta:
        model = Election
        fields = ["state", "kind"]


class VacancyFilter(django_filters.FilterSet):
    organization = django_filters.CharFilter(field_name="electing_unit__congress__organization__code")

    class Meta:
        model = Vacancy
        fields = ["state", "cause"]


class MandateChangeFilter(django_filters.FilterSet):
    organization = django_filters.CharFilter(field_name="mandate__congress__organization__code")
    delegate = django_filters.NumberFilter(field_name="mandate", min_value=1, max_value=2**31)

    class Meta:
        model = MandateChange
        fields = ["reason", "target"]


class CredentialsReviewFilter(django_filters.FilterSet):
    organization = django_filters.CharFilter(field_name="congress__organization__code")

    class Meta:
        model = CredentialsReview
        fields = ["state"]


class RemovalMotionFilter(django_filters.FilterSet):
    organization = django_filters.CharFilter(field_name="mandate__congress__organization__code")

    class Meta:
        model = RemovalMotion
        fields = ["state"]


@takes(
    ELECTION, "recommend", "return_candidates", "approve_candidates", "announce", "vote", "repeat_vote",
    "approve_result", "cancel",
)  # fmt: skip
class ElectionViewSet(IdempotentMixin, TransitionMixin[Election], viewsets.ReadOnlyModelViewSet):
    """Elections of the caller's branches, with candidates, votes, steps taken and the day the next one is due."""

    policy, serializer_class, filterset_class = ELECTIONS, ElectionSerializer, ElectionFilter
    filter_backends = [AskedFilters, OrderingFilter]
    ordering_fields, ordering = ["opened_on", "id"], ["-opened_on", "-id"]

    def get_queryset(self) -> Any:
        user = self.request.user
        candidates = MANDATES.visible(user).select_related("person").order_by("roster_key", "pk")
        rows = super().get_queryset().select_related("electing_unit__congress__organization__parent")
        rows = rows.annotate(due_on=DUE_TIMES.day_of(user, STEP, "pk"))
        return rows.prefetch_related(Prefetch("candidates", candidates), "ballots__results", "steps")


@takes(VACANCY, "confirm", "waive", "reopen")
class VacancyViewSet(IdempotentMixin, TransitionMixin[Vacancy], viewsets.ReadOnlyModelViewSet):
    """Empty seats of the caller's branches, until they are filled and confirmed; with the step and its due day."""

    policy, serializer_class, filterset_class = VACANCIES, VacancySerializer, VacancyFilter
    filter_backends = [AskedFilters, OrderingFilter]
    ordering_fields, ordering = ["opened_on", "id"], ["-opened_on", "-id"]

    def get_queryset(self) -> Any:
        due = DUE_TIMES.day_of(self.request.user, STEP, "election_id")
        rows = super().get_queryset().annotate(due_on=due)
        return rows.select_related(
            "electing_unit__congress__organization__parent", "left_by__person", "filled_by__person", "election"
        )


class MandateChangeViewSet(PolicyMixin[MandateChange], viewsets.ReadOnlyModelViewSet):
    """The recorded decisions on delegates; a delegate sees those about himself."""

    policy, serializer_class, filterset_class = CHANGES, MandateChangeSerializer, MandateChangeFilter
    filter_backends = [AskedFilters, OrderingFilter]
    ordering_fields, ordering = ["decided_on", "id"], ["-decided_on", "-id"]

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("mandate__person", "mandate__congress__organization")


@takes(CREDENTIALS, "submit", "return", "approve")
class CredentialsReviewViewSet(IdempotentMixin, TransitionMixin[CredentialsReview], viewsets.ReadOnlyModelViewSet):
    """The checks of credentials, each with the delegates it judges."""

    policy, serializer_class, filterset_class = REVIEWS, CredentialsReviewSerializer, CredentialsReviewFilter
    filter_backends = [AskedFilters, OrderingFilter]
    ordering_fields, ordering = ["checked_on", "id"], ["-checked_on", "-id"]

    def get_queryset(self) -> Any:
        rows = super().get_queryset().select_related("congress__organization__parent")
        return rows.prefetch_related("items__mandate__person")


@takes(REMOVAL, "hear", "count", "approve", "decline", "close", "withdraw")
class RemovalMotionViewSet(IdempotentMixin, TransitionMixin[RemovalMotion], viewsets.ReadOnlyModelViewSet):
    """Motions to remove a delegate: the managing office's alone."""

    policy, serializer_class, filterset_class = MOTIONS, RemovalMotionSerializer, RemovalMotionFilter
    filter_backends = [AskedFilters, OrderingFilter]
    ordering_fields, ordering = ["moved_on", "id"], ["-moved_on", "-id"]

    def get_queryset(self) -> Any:
        return (
            super()
            .get_queryset()
            .select_related("mandate__person", "mandate__electing_unit", "mandate__congress__organization__parent")
        )
