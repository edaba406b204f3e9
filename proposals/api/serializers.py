"""Papers as JSON: what a list shows, and what one paper shows."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from proposals.models import (
    Assignment,
    Measure,
    Outcome,
    Proposal,
    ProposalKind,
    RejectReason,
    Reply,
    Satisfaction,
    Signature,
    SignatureState,
)
from proposals.models import AssignmentRole as Role
from proposals.policies import is_lead, keeps


class MeasureSerializer(serializers.ModelSerializer):
    class Meta:
        model = Measure
        fields = ["action", "actor", "by_when"]


class SignatureSerializer(serializers.ModelSerializer):
    delegate = serializers.IntegerField(source="mandate_id", read_only=True)
    name = serializers.CharField(source="mandate.person.name", read_only=True)

    class Meta:
        model = Signature
        fields = ["delegate", "name", "is_lead", "state", "answered_at"]


class AssignmentSerializer(serializers.ModelSerializer):
    """A unit's part: the first, the current and the actual day are three."""

    proposal = serializers.IntegerField(source="proposal_id", read_only=True)
    unit = serializers.CharField(source="unit.code", read_only=True)
    unit_name = serializers.CharField(source="unit.name", read_only=True)

    class Meta:
        model = Assignment
        fields = [
            "id", "proposal", "unit", "unit_name", "role", "state", "round", "task", "assigned_on", "sign_due_on",
            "original_due_on", "due_on", "signed_at", "done_on", "handler_name",
        ]  # fmt: skip


class ReplySerializer(serializers.ModelSerializer):
    unit = serializers.CharField(source="assignment.unit.code", read_only=True, allow_null=True, default=None)

    class Meta:
        model = Reply
        fields = ["unit", "round", "reply_class", "text", "signer", "contact_name", "contact_phone", "issued_on"]


class ProposalLineSerializer(serializers.ModelSerializer):
    organization = serializers.CharField(source="congress.organization.code", read_only=True)
    congress = serializers.CharField(source="congress.code", read_only=True)
    session = serializers.IntegerField(source="session.number", read_only=True, allow_null=True, default=None)
    number_text = serializers.CharField(read_only=True, help_text="第015号; empty before registration")
    category = serializers.CharField(source="category.name", read_only=True, allow_null=True, default=None)
    lead = serializers.IntegerField(source="lead_id", read_only=True)
    lead_name = serializers.CharField(source="lead.person.name", read_only=True)

    class Meta:
        model = Proposal
        fields = [
            "id", "organization", "congress", "session", "kind", "state", "year", "number", "number_text", "title",
            "category", "lead", "lead_name", "submitted_at", "due_on", "reply_class",
        ]  # fmt: skip


class ProposalSerializer(ProposalLineSerializer):
    measures = MeasureSerializer(many=True, read_only=True)
    signatures = serializers.SerializerMethodField()
    assignments = serializers.SerializerMethodField()
    replies = serializers.SerializerMethodField()
    text_digest = serializers.CharField(read_only=True, help_text="What a co-signer signs: give it back with `cosign`")

    class Meta(ProposalLineSerializer.Meta):
        fields = [
            *ProposalLineSerializer.Meta.fields, "scope", "is_party_building", "grounds", "root_cause", "evidence",
            "prior_attempt", "also_submitted_to", "measures", "signatures", "text_digest", "decision_note",
            "reject_reason", "merged_into", "former_kind", "former_number", "assignments", "replies", "round",
            "is_public", "version",
        ]  # fmt: skip

    @extend_schema_field(SignatureSerializer(many=True))
    def get_signatures(self, proposal: Proposal) -> list[dict]:
        """Names under it; who was asked and said no is the lead proposer's and the office's to know."""
        user = self.context["request"].user
        all_of_them = is_lead(user, proposal) or keeps(user, proposal)
        rows = [one for one in proposal.signatures.all() if all_of_them or one.state == SignatureState.SIGNED]
        return SignatureSerializer(rows, many=True).data

    @extend_schema_field(AssignmentSerializer(many=True))
    def get_assignments(self, proposal: Proposal) -> list[dict]:
        """Units that were given their part; what is only planned is the office's."""
        given = [one for one in proposal.assignments.all() if one.state not in {"planned", "cancelled", "returned"}]
        return AssignmentSerializer(given, many=True).data

    @extend_schema_field(ReplySerializer(many=True))
    def get_replies(self, proposal: Proposal) -> list[dict]:
        """Replies that went out."""
        return ReplySerializer([one for one in proposal.replies.all() if one.issued_on], many=True).data


class WrittenMeasureSerializer(serializers.Serializer):
    action = serializers.CharField(max_length=500)
    actor = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    by_when = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")


class WrittenSerializer(serializers.Serializer):
    """A draft, whole or half."""

    lead = serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text="The mandate of the lead proposer")
    kind = serializers.ChoiceField(ProposalKind.choices)
    title = serializers.CharField(max_length=80, required=False, allow_blank=True)
    category = serializers.CharField(max_length=40, required=False, help_text="Its name, such as 城建")
    scope = serializers.ChoiceField(["overall", "region", "trade", "own_unit", "personal"], required=False)
    grounds = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    root_cause = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    evidence = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    prior_attempt = serializers.CharField(max_length=500, required=False, allow_blank=True)
    also_submitted_to = serializers.CharField(
        max_length=60, required=False, allow_blank=True, help_text="人大、政协、信访"
    )
    measures = WrittenMeasureSerializer(many=True, required=False)
    version = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False)


class CosignSerializer(serializers.Serializer):
    sign = serializers.BooleanField(default=True)
    text_digest = serializers.CharField(max_length=64, help_text="As the paper showed it: a changed text is not signed")
    remark = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class InviteSerializer(serializers.Serializer):
    delegates = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), allow_empty=False, max_length=200,
        help_text="Mandates of delegates in office of the same congress",
    )  # fmt: skip


class ReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(min_length=2, max_length=1000)


class ScreenSerializer(serializers.Serializer):
    """One step of the screening: begin it, give a reader's opinion, or decide."""

    step = serializers.ChoiceField(["begin", "opinion", "decide"])
    outcome = serializers.ChoiceField(Outcome.choices, required=False)
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    reject_reason = serializers.ChoiceField(RejectReason.choices, required=False, allow_blank=True, default="")
    into = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    forwarded_to = serializers.CharField(max_length=40, required=False, allow_blank=True, help_text="Code of a unit")


class PartSerializer(serializers.Serializer):
    unit = serializers.CharField(max_length=40, help_text="Code of the unit")
    role = serializers.ChoiceField(Role.choices)
    task = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class AssignSerializer(serializers.Serializer):
    units = PartSerializer(many=True, allow_empty=False)
    leader = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False, help_text="A committee member")
    opinion = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class ObjectSerializer(serializers.Serializer):
    reason = serializers.CharField(min_length=10, max_length=1000)
    proper_unit = serializers.CharField(max_length=40, help_text="Code of the unit it belongs to")


class ExtendSerializer(serializers.Serializer):
    asked_until = serializers.DateField()
    reason = serializers.CharField(min_length=10, max_length=1000)


class ReplyWrittenSerializer(serializers.Serializer):
    reply_class = serializers.ChoiceField(["A", "B", "C", "D"])
    text = serializers.CharField(min_length=30, max_length=8000)
    signer = serializers.CharField(max_length=40)
    contact_name = serializers.CharField(max_length=40)
    contact_phone = serializers.CharField(max_length=30)
    promise = serializers.CharField(max_length=300, required=False, allow_blank=True)
    promise_due_on = serializers.DateField(required=False, allow_null=True)
    promise_evidence = serializers.CharField(max_length=100, required=False, allow_blank=True)
    version = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False)
    send = serializers.BooleanField(default=True, help_text="To the office's review; false keeps it a draft")


class FeedbackGivenSerializer(serializers.Serializer):
    attitude = serializers.ChoiceField(Satisfaction.choices)
    result = serializers.ChoiceField(Satisfaction.choices)
    text = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
