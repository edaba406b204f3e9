"""Papers: read by whoever may see them; written, signed, screened, assigned, answered by whose turn it is."""

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.filters import OrderingFilter, SearchFilter
from rest_framework.request import Request
from rest_framework.response import Response

from congress.doors.api import AskedFilters, IdempotentMixin, PolicyMixin
from congress.models import Organization
from delegates.models import CommitteeMember
from delegates.policies import MANDATES, MEMBERS
from proposals.api import serializers as forms
from proposals.forms.decisions import units_of
from proposals.models import Assignment, Proposal, ProposalKind, ProposalState, Signature
from proposals.policies import ASSIGNMENTS, CATEGORIES, PROPOSALS, handles
from proposals.services import handling, writing
from proposals.workflows import ASSIGNMENT, PROPOSAL, SIGNATURE


class ProposalFilter(django_filters.FilterSet):
    """Declared filters; nothing else of the query reaches the database."""

    organization = django_filters.CharFilter(field_name="congress__organization__code")
    state = django_filters.ChoiceFilter(choices=ProposalState.choices)
    kind = django_filters.ChoiceFilter(choices=ProposalKind.choices)
    category = django_filters.CharFilter(field_name="category__name")
    session = django_filters.NumberFilter(field_name="session__number", min_value=0, max_value=2**31 - 1)

    class Meta:
        model = Proposal
        fields: list[str] = []


class PaperSearch(SearchFilter):
    """Words of the subject or the number, as at every other door."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        words = " ".join(self.get_search_terms(request))
        return queryset.matching(words) if words else queryset


class ProposalViewSet(
    PolicyMixin[Proposal], IdempotentMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet
):
    """Proposals, motions, advice and golden ideas. Not yours is a 403, not now a 409."""

    policy, filterset_class = PROPOSALS, ProposalFilter
    serializer_class = forms.ProposalSerializer
    filter_backends = [AskedFilters, PaperSearch, OrderingFilter]
    search_fields = ["title"]
    ordering_fields, ordering = ["id", "submitted_at", "due_on", "number"], ["-id"]

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        return forms.ProposalLineSerializer if self.action == "list" else forms.ProposalSerializer

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        if self.request and not getattr(self, "swagger_fake_view", False):
            rows = PROPOSALS.concerned(self.request.user)  # what is merely public is read on the public page
        if self.action == "list":
            return rows.for_list()
        one = rows.select_related("congress__organization", "session", "category", "lead__person")
        return one.prefetch_related(
            "measures", "signatures__mandate__person", "assignments__unit", "replies__assignment__unit"
        )

    def _said(self, form: type[serializers.Serializer]) -> dict[str, Any]:
        heard = form(data=self.request.data)
        heard.is_valid(raise_exception=True)
        return heard.validated_data

    def _answer(self, proposal: Proposal, code: int = status.HTTP_200_OK) -> Response:
        fresh = self.get_queryset().filter(pk=proposal.pk).first()
        return Response(self.get_serializer(fresh).data if fresh else {"id": proposal.pk}, status=code)

    @extend_schema(request=forms.WrittenSerializer, responses={201: forms.ProposalSerializer})
    def create(self, request: Request) -> Response:
        """Begin a draft; it need not be complete."""
        said = self._said(forms.WrittenSerializer)
        lead = (
            MANDATES.visible(request.user)
            .select_related("person", "congress__organization")
            .filter(pk=said["lead"])
            .first()
        )
        if lead is None:
            raise ValidationError({"lead": [_("There is no such delegate.")]})
        proposal = writing.begin(lead, by=request.user, kind=said["kind"])
        return self._answer(self._write(proposal, said, version=None), status.HTTP_201_CREATED)

    @extend_schema(request=forms.WrittenSerializer)
    def partial_update(self, request: Request, pk: str | None = None) -> Response:
        """Write what changed. With `version` a text somebody else saved meanwhile is not overwritten (409)."""
        heard = forms.WrittenSerializer(data=request.data, partial=True)
        heard.is_valid(raise_exception=True)
        proposal = self.get_object()
        return self._answer(self._write(proposal, heard.validated_data, version=heard.validated_data.get("version")))

    def _write(self, proposal: Proposal, said: dict[str, Any], *, version: int | None) -> Proposal:
        facts = {name: said[name] for name in writing.FACTS if name in said and name != "category"}
        if "category" in said:
            facts["category"] = (
                CATEGORIES.visible(self.request.user).filter(name=said["category"], is_closed=False).first()
            )
            if facts["category"] is None:
                raise ValidationError({"category": [_("There is no such category.")]})
        return writing.save(proposal, facts, said.get("measures"), by=self.request.user, version=version)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str | None = None) -> Response:
        """Hand it in; it comes back with its number."""
        return self._answer(writing.submit(self.get_object(), by=request.user))

    @extend_schema(request=forms.CosignSerializer)
    @action(detail=True, methods=["post"])
    def cosign(self, request: Request, pk: str | None = None) -> Response:
        """Sign the text that was shown, or say no."""
        said, proposal = self._said(forms.CosignSerializer), self.get_object()
        own = self._own(proposal)
        if said["sign"]:
            writing.sign(own, by=request.user, seen_digest=said["text_digest"], remark=said["remark"])
        else:
            SIGNATURE.take(own, "decline", by=request.user, remark=said["remark"])
        return self._answer(proposal)

    @extend_schema(request=forms.ReasonSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str | None = None) -> Response:
        """A draft is thrown away; a paper that is in is asked back, with a reason, and the office agrees or not."""
        said, proposal = self._said(forms.ReasonSerializer), self.get_object()
        if proposal.state in PROPOSAL.row("discard").source:
            PROPOSAL.take(proposal, "discard", by=request.user, note=said["reason"])
        else:
            writing.ask_withdrawal(proposal, said["reason"], by=request.user)
        return self._answer(proposal)

    @extend_schema(request=forms.ScreenSerializer)
    @action(detail=True, methods=["post"])
    def screen(self, request: Request, pk: str | None = None) -> Response:
        """Begin the screening, give an opinion as a reader, or decide. Every proposer is told the reason."""
        said, proposal = self._said(forms.ScreenSerializer), self.get_object()
        if said["step"] == "begin":
            PROPOSAL.take(proposal, "screen", by=request.user)
            return self._answer(proposal)
        if "outcome" not in said:
            raise ValidationError({"outcome": [_("Choose what you suggest.")]})
        if said["step"] == "opinion":
            handling.give_opinion(
                proposal,
                by=request.user,
                outcome=said["outcome"],
                text=said["note"],
                reject_reason=said["reject_reason"],
            )
            return self._answer(proposal)
        verb = said["outcome"]  # the outcomes are the verbs of the table
        PROPOSAL.judge(proposal, verb, by=request.user)
        unit = self._unit(said["forwarded_to"]) if said.get("forwarded_to") else None
        heard = {
            "note": said["note"],
            "reject_reason": said["reject_reason"],
            "into": said.get("into"),
            "forwarded_to": unit and unit.pk,
        }
        self._take(proposal, verb, heard)
        return self._answer(proposal)

    @extend_schema(request=forms.AssignSerializer)
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, pk: str | None = None) -> Response:
        """Plan who handles it and hand it out, in one step."""
        said, proposal = self._said(forms.AssignSerializer), self.get_object()
        if not PROPOSAL.row("assign").who(request.user, proposal):
            raise PermissionDenied
        leader = None
        if "leader" in said:
            leader = MEMBERS.visible(request.user).filter(pk=said["leader"]).first()
            if leader is None:
                raise ValidationError({"leader": [_("There is no such committee member.")]})
        parts = [(self._unit(part["unit"]), part["role"], part["task"]) for part in said["units"]]
        return self._answer(self._hand_out(proposal, parts, leader, said["opinion"]))

    def _hand_out(self, proposal: Proposal, parts: Any, leader: CommitteeMember | None, opinion: str) -> Proposal:
        with transaction.atomic():
            if proposal.state != ProposalState.PLANNING:
                proposal = PROPOSAL.take(proposal, "plan", by=self.request.user)
            handling.plan(proposal, parts, by=self.request.user, leader=leader, opinion=opinion)
            return PROPOSAL.take(proposal, "assign", by=self.request.user)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], url_path="sign-for")
    def sign_for(self, request: Request, pk: str | None = None) -> Response:
        """The caller's unit signs for it."""
        proposal = self.get_object()
        ASSIGNMENT.take(self._part(proposal), "sign_for", by=request.user)
        return self._answer(proposal)

    @extend_schema(request=forms.ObjectSerializer)
    @action(detail=True, methods=["post"], url_path="object")
    def object_to(self, request: Request, pk: str | None = None) -> Response:
        """The caller's unit says that it is not its affair, and whose it is."""
        said, proposal = self._said(forms.ObjectSerializer), self.get_object()
        self._act(
            self._part(proposal),
            "object",
            {"reason": said["reason"], "proper_unit": self._unit(said["proper_unit"]).pk},
        )
        return self._answer(proposal)

    @extend_schema(request=forms.ExtendSerializer)
    @action(detail=True, methods=["post"])
    def extend(self, request: Request, pk: str | None = None) -> Response:
        """The caller's unit asks for more time."""
        said, proposal = self._said(forms.ExtendSerializer), self.get_object()
        self._act(self._part(proposal), "ask_extension", said)
        return self._answer(proposal)

    @extend_schema(request=forms.ReplyWrittenSerializer)
    @action(detail=True, methods=["post"])
    def reply(self, request: Request, pk: str | None = None) -> Response:
        """The caller's unit writes its reply, and sends it to the office's review."""
        said, proposal = self._said(forms.ReplyWrittenSerializer), self.get_object()
        with transaction.atomic():  # refused for the review, nothing of it is kept
            drafted = self._act(self._part(proposal), "draft", said)
            if said["send"]:
                ASSIGNMENT.take(drafted, "submit_reply", by=request.user)
        return self._answer(proposal)

    @extend_schema(request=forms.FeedbackGivenSerializer)
    @action(detail=True, methods=["post"])
    def feedback(self, request: Request, pk: str | None = None) -> Response:
        """What the caller, who signed it, thinks of the handling."""
        said, proposal = self._said(forms.FeedbackGivenSerializer), self.get_object()
        own = self._own(proposal)
        handling.give_feedback(proposal, own.mandate, by=request.user, **said)
        return self._answer(proposal)

    def _own(self, proposal: Proposal) -> Signature:
        """The caller's own name under the paper."""
        own = (
            proposal.signatures.filter(mandate__person__user=self.request.user)
            .select_related("mandate__person")
            .first()
        )
        if own is None:
            raise PermissionDenied
        return own

    def _part(self, proposal: Proposal) -> Assignment:
        """The caller's unit's part in the paper."""
        rows = (
            ASSIGNMENTS.visible(self.request.user)
            .filter(proposal=proposal)
            .select_related("unit", "proposal__congress__organization")
        )
        part = next((row for row in rows.order_by("-pk") if handles(self.request.user, row)), None)
        if part is None:
            raise PermissionDenied
        return part

    def _unit(self, code: str) -> Organization:
        unit = units_of(self.get_object().congress.organization).filter(code=code).first()
        if unit is None:
            raise ValidationError({"unit": [_("There is no unit “%(code)s”.") % {"code": code}]})
        return unit

    def _act(self, part: Assignment, verb: str, said: dict[str, Any]) -> Assignment:
        ASSIGNMENT.judge(part, verb, by=self.request.user)
        return ASSIGNMENT.take(
            part, verb, by=self.request.user, **_heard(ASSIGNMENT.form(part, verb, by=self.request.user, data=said))
        )

    def _take(self, proposal: Proposal, verb: str, said: dict[str, Any]) -> Proposal:
        return PROPOSAL.take(
            proposal,
            verb,
            by=self.request.user,
            **_heard(PROPOSAL.form(proposal, verb, by=self.request.user, data=said)),
        )


def _heard(form: Any) -> dict[str, Any]:
    """What the table's form makes of what was said."""
    if not form.is_valid():
        raise ValidationError({name: list(words) for name, words in form.errors.items()})
    return form.cleaned_data
