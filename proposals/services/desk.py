"""What a unit's desk shows: how many papers wait for what, how one of them stands, and what can be done with it now."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, Count, Exists, F, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from congress.kernel import documents, wording
from congress.kernel.workflow import Transition
from congress.models import DueTime, JournalEntry, OfficialDocument, Organization, User
from congress.policies import HANDLE, branches
from proposals.models import (
    OPEN,
    WITH_THE_OFFICE,
    WITH_THE_UNIT,
    Assignment,
    AssignmentRole,
    Inquiry,
    InquiryState,
    Proposal,
    Reply,
    Signature,
    SignatureState,
    Undertaking,
    UndertakingState,
)
from proposals.models import AssignmentState as S
from proposals.policies import ASSIGNMENTS, FEEDBACKS, INQUIRIES, UNDERTAKINGS, handles
from proposals.services.lights import SOON_DAYS, light
from proposals.workflows import ASSIGNMENT
from proposals.workflows.assignments import OPINION, REPLY
from proposals.workflows.inquiries import ANSWER
from proposals.workflows.promises import PROMISE

VERBS: Final = tuple(row.verb for row in ASSIGNMENT.transitions if row.who is handles)
"""What is taken at the desk; everything else is the office's."""
FORWARD: Final = ("sign_for", "start", "give_opinion", "collect", "submit_reply", "draft")
"""The steps that lead on, the one that is meant first."""
NEVER: Final = {
    AssignmentRole.LEAD: {"give_opinion"},
    AssignmentRole.SEPARATE: {"give_opinion", "collect"},
    AssignmentRole.ASSIST: {"draft", "collect", "ask_extension"},
}
"""Steps a unit in that role never takes: they are not even greyed."""
FINISHED: Final = (S.REPLIED, S.OPINION_GIVEN)


def group(name: str, today: date) -> Q:
    """Which papers of a desk a number on top of it counts, and a touch on it shows."""
    soon = today + timedelta(days=SOON_DAYS)
    return {
        "open": Q(state__in=OPEN),
        "sign": Q(state=S.PENDING_SIGN),
        "work": Q(state__in=WITH_THE_UNIT) & ~Q(state=S.PENDING_SIGN),
        "soon": Q(state__in=WITH_THE_UNIT, due_on__gte=today, due_on__lte=soon),
        "late": Q(state__in=WITH_THE_UNIT, due_on__lt=today),
        "office": Q(state__in=WITH_THE_OFFICE),
        "done": Q(state__in=FINISHED),
    }[name]


GROUPS: Final = ("open", "sign", "work", "soon", "late", "office", "done")


TO_ANSWER: Final = (InquiryState.DELIVERED, InquiryState.REANSWER)
OWED: Final = (UndertakingState.OPEN,)
"""What waits for the unit itself."""


def units(user: User) -> QuerySet[Organization]:
    """Whose desk it is; each with whether anything promised (`promised`) or asked (`asked`) waits at the desk."""
    rows = Organization.objects.filter(path__in=branches(user, HANDLE)).order_by("path")
    promised = UNDERTAKINGS.at_desk(user).filter(state__in=OWED)
    return rows.annotate(promised=Exists(promised), asked=Exists(INQUIRIES.at_desk(user).filter(state__in=TO_ANSWER)))


def tally(user: User, today: date) -> dict[str, int]:
    """How many papers of the user's desk are in each group, in one query."""
    counts = {name: Count("pk", filter=group(name, today)) for name in GROUPS}
    return ASSIGNMENTS.at_desk(user).aggregate(**counts)


def papers(user: User, name: str, today: date, *, role: str = "", text: str = "") -> QuerySet[Assignment]:
    """The papers of a group, the most urgent first; what waits for the office comes after what waits for the unit."""
    rows = ASSIGNMENTS.at_desk(user).for_list().filter(group(name, today))
    if role in AssignmentRole.values:
        rows = rows.filter(role=role)
    if text:
        rows = rows.filter(proposal__in=Proposal.objects.matching(text).values("pk"))
    if name == "done":
        return rows.order_by(F("done_on").desc(nulls_last=True), "-pk")
    waits = Case(When(state__in=WITH_THE_OFFICE, then=Value(1)), default=Value(0), output_field=IntegerField())
    next_day = Case(When(state=S.PENDING_SIGN, then=F("sign_due_on")), default=F("due_on"))
    return rows.order_by(waits, next_day.asc(nulls_last=True), "due_on", "pk")


def lit(rows: Any, today: date, *, while_open: Any = lambda row: row.state in WITH_THE_UNIT) -> list[Any]:
    """The rows, each told how many days are left and which light it shows; none when it is not the unit's turn."""
    listed = list(rows)
    for row in listed:
        due_on = row.sign_due_on if row.state == S.PENDING_SIGN else row.due_on
        row.light = light(due_on, today) if while_open(row) else ""
        row.left = (due_on - today).days if due_on else None
        row.late = -row.left if row.left is not None and row.left < 0 else 0
    return listed


def promises(user: User) -> QuerySet[Undertaking]:
    """What the user's unit has promised the delegates, what is due first on top."""
    rows = UNDERTAKINGS.at_desk(user).select_related("proposal__congress__organization", "proposal__session", "unit")
    return rows.order_by("due_on", "pk")


def inquiries(user: User) -> QuerySet[Inquiry]:
    """What delegates ask the user's unit."""
    rows = INQUIRIES.at_desk(user).select_related("congress__organization", "lead__person", "target")
    return rows.order_by(F("due_on").asc(nulls_last=True), "-pk")


def choices(assignment: Assignment, by: User) -> list[tuple[Transition[Assignment], str]]:
    """What can be done with the paper now, each with the reason it cannot; first the step that leads on."""
    hidden = set(NEVER[AssignmentRole(assignment.role)])
    if assignment.role == AssignmentRole.LEAD and not _others(assignment).filter(role=AssignmentRole.ASSIST).exists():
        hidden.add("collect")
    offered = [(row, why) for row, why in ASSIGNMENT.available(assignment, by) if row.verb not in hidden]
    forward = ("draft", *FORWARD) if _came_back(assignment) else FORWARD
    order = {verb: place for place, verb in reversed(list(enumerate(forward)))}
    return sorted(offered, key=lambda one: (bool(one[1]), order.get(one[0].verb, len(order))))


def _came_back(assignment: Assignment) -> bool:
    """Whether the reply was returned and nothing was written since: it is changed before it is sent again."""
    if assignment.state != S.DRAFTED:
        return False
    kind = ContentType.objects.get_for_model(Assignment)
    rows = JournalEntry.objects.filter(content_type=kind, object_id=assignment.pk).order_by("-pk")
    return rows.values_list("verb", flat=True).first() == "bounce"


def _others(assignment: Assignment) -> QuerySet[Assignment]:
    rows = Assignment.objects.filter(proposal=assignment.proposal_id).exclude(pk=assignment.pk)
    return rows.exclude(state__in=[S.PLANNED, S.RETURNED, S.CANCELLED])


def sheet(assignment: Assignment, by: User) -> dict[str, Any]:
    """Everything the page of one paper shows beside the paper itself."""
    proposal = assignment.proposal
    offered = choices(assignment, by)
    primary = next((one for one in offered if one[0].verb in FORWARD and not one[1]), None)
    replies = list(assignment.replies.select_related("document__archive", "sealed_scan").order_by("-round"))
    reply = next((one for one in replies if one.round == assignment.round), None)
    return {
        "primary": primary,
        "choices": [one for one in offered if one is not primary],
        "signers": list(signers(proposal)),
        "measures": list(proposal.measures.order_by("position")),
        "merged": list(proposal.merged.select_related("congress__organization").order_by("pk")),
        "others": list(_others(assignment).select_related("unit").order_by("role", "pk")),
        "due": due_of((REPLY, OPINION), assignment.pk),
        "requests": list(assignment.requests.select_related("proper_unit").order_by("-pk")),
        "progress": list(assignment.progress.all()),
        "contacts": list(assignment.contacts.select_related("mandate__person")),
        "steps": list(assignment.supervision.select_related("document")),
        "reply": reply,
        "gaps": wording.missing_in(reply.text) if reply else [],
        "earlier": [one for one in replies if one is not reply],
        "documents": list(papers_about(assignment)),
        "feedbacks": list(feedbacks(assignment, by)),
        "promised": list(UNDERTAKINGS.at_desk(by).filter(proposal=proposal, unit=assignment.unit_id)),
        "office_phone": documents.letterhead(proposal.congress.organization).phone,
    }


def signers(proposal: Proposal) -> QuerySet[Signature]:
    """Who signed the paper or one that was merged into it, its lead proposer first."""
    rows = Signature.objects.filter(Q(proposal=proposal) | Q(proposal__merged_into=proposal))
    rows = rows.filter(state=SignatureState.SIGNED).select_related("mandate__person", "mandate__delegation")
    first = Case(When(proposal=proposal, is_lead=True, then=Value(0)), default=Value(1), output_field=IntegerField())
    return rows.order_by(first, "proposal", "-is_lead", "pk")


def due_of(kinds: tuple[str, ...], subject_id: int) -> DueTime | None:
    """What is due about something, with why on that day."""
    return DueTime.objects.filter(kind__in=kinds, subject_id=subject_id).order_by("-pk").first()


def papers_about(assignment: Assignment) -> QuerySet[OfficialDocument]:
    """What the office wrote to the unit about its part, once it was issued."""
    named = Q(pk__in=assignment.supervision.filter(document__isnull=False).values("document"))
    about = Q(about=f"assignment:{assignment.pk}")
    rows = OfficialDocument.objects.filter(about | named, issued_on__isnull=False)
    return rows.select_related("archive").order_by("-issued_on", "-pk")


def feedbacks(assignment: Assignment, by: User) -> QuerySet:
    """What the delegates think of the handling, as far as the unit may read it."""
    return FEEDBACKS.visible(by).filter(proposal=assignment.proposal_id).select_related("mandate__person")


def outline(assignment: Assignment) -> str:
    """The middle of a reply to begin with: what the desk knows already, and gaps for the rest. The letter's opening
    and closing sentences are the wording's own."""
    helpers = [one.unit.name for one in _others(assignment).select_related("unit")]
    talks: Mapping[str, Any] = {
        f"{one.on.month}月{one.on.day}日": one for one in assignment.contacts.filter(denied_at=None).order_by("on")
    }
    spoken = "、".join(talks)
    with_whom = f"会同{'、'.join(helpers)}" if helpers else ""
    heard = f"并于{spoken}与代表当面沟通，听取了意见" if spoken else "并与代表进行了沟通〔待填：何时、怎样沟通〕"
    return (
        f"收到您的{assignment.proposal.kind_word}后，我单位高度重视，{with_whom}进行了认真研究，{heard}。\n"
        "一、基本情况。〔待填：所提问题的现状〕\n"
        "二、办理情况。〔待填：已经做了什么，结果怎样〕\n"
        "三、下一步工作。〔待填：还要做什么，何时完成，由谁负责〕"
    )


def doubts(promise_ids: list[int]) -> dict[int, str]:
    """What was said the last time a promise was not taken for kept, by promise."""
    kind = ContentType.objects.get_for_model(Undertaking)
    rows = JournalEntry.objects.filter(content_type=kind, object_id__in=promise_ids, verb="doubt").order_by("pk")
    return dict(rows.values_list("object_id", "note"))


def why_of_promise(promise: Undertaking) -> DueTime | None:
    return due_of((PROMISE,), promise.pk)


def why_of_inquiry(inquiry: Inquiry) -> DueTime | None:
    return due_of((ANSWER,), inquiry.pk)


def previous_reply(assignment: Assignment) -> Reply | None:
    """What was answered the first time, for whoever writes the second reply."""
    return assignment.replies.filter(round__lt=assignment.round).order_by("-round").first()


def today() -> date:
    """The day at the desk."""
    return timezone.localdate()
