"""The ladder of supervision (reference.md §3.8): 15, 7, 1 days before, the day, then 催办函, 督办, the leader.

Each rung is spoken of once. What it brings besides a message is written in the same transaction under a unique key, so
a pass that dies halfway leaves nothing behind and one that runs twice writes nothing twice.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from congress.kernel import rules
from congress.kernel.duetimes import Ladder, Reached, Step, Told, spoken_at
from congress.kernel.reports import seen
from congress.kernel.workflow import lock
from congress.models import Organization, Rung, User
from congress.policies import managers_of
from proposals.models import (
    ANSWERING,
    Assignment,
    Inquiry,
    Proposal,
    SupervisionKind,
    SupervisionMeeting,
    SupervisionStep,
    Undertaking,
)
from proposals.policies import ASSIGNMENTS, OFFICE_PAPERS, keeps
from proposals.workflows.letters import draft_supervision
from proposals.workflows.telling import accounts_of, desk_of, proposers, tell_unit

AFTER: Final = (
    (Rung.URGED, "urge_days_after"),
    (Rung.SUPERVISED, "supervise_days_after"),
    (Rung.LEADER, "leader_days_after"),
)
MOST_DISCUSSED: Final = 100
KINDS: Final = {
    Rung.URGED: SupervisionKind.LETTER,
    Rung.SUPERVISED: SupervisionKind.SUPERVISED,
    Rung.LEADER: SupervisionKind.LEADER,
}
TEMPLATES: Final = {
    Rung.SOON: "proposals/notices/ladder_soon.txt",
    Rung.DUE: "proposals/notices/ladder_soon.txt",
    Rung.OVERDUE: "proposals/notices/ladder_overdue.txt",
    Rung.URGED: "proposals/notices/ladder_urged.txt",
    Rung.SUPERVISED: "proposals/notices/ladder_supervised.txt",
    Rung.LEADER: "proposals/notices/ladder_leader.txt",
}


def whole_ladder(organization: Organization, due_on: date) -> list[Step]:
    """Before the day, on it, and the three steps after it, as the rules have them."""
    today = timezone.localdate()
    before = sorted(set(rules.value("remind_days_before", organization, today)), reverse=True)
    steps = [Step(Rung.SOON, spoken_at(due_on - timedelta(days=days))) for days in before]
    steps.append(Step(Rung.DUE, spoken_at(due_on)))
    after = [
        Step(rung, spoken_at(due_on + timedelta(days=rules.value(key, organization, today)))) for rung, key in AFTER
    ]
    return [*steps, *sorted(after, key=lambda step: step.at)]


def short_ladder(organization: Organization, due_on: date) -> list[Step]:
    """For what takes days, not months: the day before, the day, the day after."""
    days = ((Rung.SOON, -1), (Rung.DUE, 0), (Rung.OVERDUE, 1))
    return [Step(rung, spoken_at(due_on + timedelta(days=count))) for rung, count in days]


def days_ladder(organization: Organization, due_on: date) -> list[Step]:
    """For what takes weeks: so many days before as the rule has them, the day, the day after."""
    before = rules.value("remind_days_before", organization, timezone.localdate())
    soon = [Step(Rung.SOON, spoken_at(due_on - timedelta(days=days))) for days in sorted(set(before), reverse=True)]
    return [*soon, *short_ladder(organization, due_on)[1:]]


def told_of_assignments(reached: Sequence[Reached]) -> Mapping[int, Told]:
    """The unit's desk hears every rung; from the day after, so does the office; of the last, the leader."""
    rows = Assignment.objects.filter(pk__in=[one.row.subject_id for one in reached])
    found = rows.select_related("unit", "proposal__congress__organization", "proposal__leader__user").in_bulk()
    return {
        one.row.pk: _told(one.rung, found[one.row.subject_id], reverse("unit_assignment", args=[one.row.subject_id]))
        for one in reached
    }


def told_of_promises(reached: Sequence[Reached]) -> Mapping[int, Told]:
    """The same for what a class B reply promised."""
    rows = Undertaking.objects.filter(pk__in=[one.row.subject_id for one in reached])
    found = rows.select_related("unit", "proposal__congress__organization", "proposal__leader__user").in_bulk()
    return {
        one.row.pk: _told(one.rung, found[one.row.subject_id], reverse("unit_promise", args=[one.row.subject_id]))
        for one in reached
    }


def told_of_feedback(reached: Sequence[Reached]) -> Mapping[int, Told]:
    """Whoever has not said what he thinks of the reply; after the day also the office, which calls him."""
    found = Proposal.objects.select_related("congress__organization").in_bulk([one.row.subject_id for one in reached])
    told = {}
    for one in reached:
        proposal = found[one.row.subject_id]
        answered = set(proposal.feedbacks.filter(round=proposal.round).values_list("mandate", flat=True))
        users = accounts_of([mandate for mandate in proposers(proposal) if mandate.pk not in answered])
        office = list(managers_of(proposal.congress.organization)) if one.rung == Rung.OVERDUE else []
        told[one.row.pk] = Told(users, office, reverse("my_proposal", args=[proposal.pk]))
    return told


def _told(rung: Rung, owed: Assignment | Undertaking, link: str) -> Told:
    desk, proposal = desk_of(owed.unit), owed.proposal
    if rung in {Rung.SOON, Rung.DUE}:
        return Told(desk, link=link)
    office = list(managers_of(proposal.congress.organization))
    leader: list[User] = [proposal.leader.user] if proposal.leader and proposal.leader.user else []
    return Told(desk, [*office, *leader] if rung == Rung.LEADER else office, link)


def write_steps(reached: Sequence[Reached], now: datetime) -> None:
    """Of the rungs after the day: a step of supervision with its letter, once each."""
    rows = Assignment.objects.filter(pk__in=[one.row.subject_id for one in reached])
    found = rows.select_related(
        "unit", "proposal__congress__organization", "proposal__session", "proposal__lead__person"
    ).in_bulk()
    for one in reached:
        if one.rung in KINDS:
            _write(one, found[one.row.subject_id], now)


def _write(one: Reached, assignment: Assignment, now: datetime) -> None:
    key = f"{one.row.key}:{one.row.due_on}:{one.rung}"
    day = timezone.localdate(now)
    step, fresh = SupervisionStep.objects.get_or_create(
        rung_key=key,
        defaults={
            "proposal": assignment.proposal, "assignment": assignment, "kind": KINDS[one.rung], "on": day,
            "next_on": day + timedelta(days=7),
        },
    )  # fmt: skip
    if fresh and one.rung in {Rung.URGED, Rung.SUPERVISED}:
        step.document = draft_supervision(assignment, one.rung, late=(day - one.row.due_on).days)
        step.save(update_fields=["document"])


def nothing_more(reached: Sequence[Reached], now: datetime) -> None:
    """A message is enough."""


def told_of_inquiries(reached: Sequence[Reached]) -> Mapping[int, Told]:
    """The desk of the body asked hears every rung; after the day so does the office that handed it over."""
    rows = Inquiry.objects.filter(pk__in=[one.row.subject_id for one in reached])
    found = rows.select_related("target", "congress__organization").in_bulk()
    told = {}
    for one in reached:
        inquiry = found[one.row.subject_id]
        office = list(managers_of(inquiry.congress.organization)) if one.rung == Rung.OVERDUE else []
        told[one.row.pk] = Told(desk_of(inquiry.target), office, reverse("unit_inquiry", args=[inquiry.pk]))
    return told


def note_inquiry_day(inquiry_id: int, due_on: date) -> None:
    Inquiry.objects.filter(pk=inquiry_id).update(due_on=due_on)


def told_of_completion(reached: Sequence[Reached]) -> Mapping[int, Told]:
    """Whoever has to complete a returned paper; after the day also the office, which says that it lapsed."""
    found = Proposal.objects.select_related("congress__organization").in_bulk([one.row.subject_id for one in reached])
    told = {}
    for one in reached:
        proposal = found[one.row.subject_id]
        office = list(managers_of(proposal.congress.organization)) if one.rung == Rung.OVERDUE else []
        told[one.row.pk] = Told(accounts_of([proposal.lead]), office, reverse("my_proposal", args=[proposal.pk]))
    return told


def note_sign_day(assignment_id: int, due_on: date) -> None:
    Assignment.objects.filter(pk=assignment_id).update(sign_due_on=due_on)


def note_completion_day(proposal_id: int, due_on: date) -> None:
    Proposal.objects.filter(pk=proposal_id).update(resubmit_by=due_on)


def note_new_day(assignment_id: int, due_on: date) -> None:
    """The day of a unit's part moved: the part and its paper show it."""
    Assignment.objects.filter(pk=assignment_id).update(due_on=due_on)
    rows = Assignment.objects.filter(proposal__assignments=assignment_id, role__in=ANSWERING).open()
    first = rows.order_by("due_on").values_list("due_on", flat=True).first()
    Proposal.objects.filter(assignments=assignment_id).update(due_on=first)


def _ladder(steps: Any, told: Any, then: Any = nothing_more, moved: Any = None) -> Ladder:
    return Ladder(steps, told, then, TEMPLATES, moved)


SIGN_LADDER = _ladder(short_ladder, told_of_assignments, moved=note_sign_day)
COMPLETION_LADDER = _ladder(short_ladder, told_of_completion, moved=note_completion_day)
OPINION_LADDER = _ladder(short_ladder, told_of_assignments, moved=note_new_day)
REPLY_LADDER = _ladder(whole_ladder, told_of_assignments, write_steps, note_new_day)
PROMISE_LADDER = _ladder(whole_ladder, told_of_promises)
FEEDBACK_LADDER = _ladder(short_ladder, told_of_feedback)
INQUIRY_LADDER = _ladder(days_ladder, told_of_inquiries, moved=note_inquiry_day)


@transaction.atomic
def record(
    proposal: Proposal,
    *,
    by: User,
    kind: str,
    on: date,
    assignment: Assignment | None = None,
    said: str = "",
    next_on: date | None = None,
    meeting: Any = None,
) -> SupervisionStep:
    """A step the office took itself. The unit hears of it; it counts in the list of what is overdue."""
    proposal = lock(proposal)  # two clicks at once come one after the other
    if not keeps(by, proposal):
        raise PermissionDenied
    same = {"proposal": proposal, "assignment": assignment, "kind": kind, "on": on, "said": said, "meeting": meeting}
    if again := SupervisionStep.objects.filter(**same).first():  # a second click is the same step
        return again
    step = SupervisionStep.objects.create(
        proposal=proposal, assignment=assignment, kind=kind, on=on, said=said, next_on=next_on, meeting=meeting, by=by
    )
    if assignment is not None:
        tell_unit(assignment, "supervised", f"supervised:{step.pk}", step=step)
    return step


def to_discuss(meeting: SupervisionMeeting, user: User | None) -> list[Assignment]:
    """Units that are late with papers of the meeting's branch, the latest first."""
    rows = seen(user, ASSIGNMENTS).for_list().overdue(meeting.held_on)
    here = rows.filter(proposal__congress__organization__path__startswith=meeting.organization.path)
    return list(here.order_by("due_on", "pk")[:MOST_DISCUSSED])


def minuted(meeting: SupervisionMeeting, user: User) -> QuerySet[SupervisionStep]:
    """What units said about the papers the user's office may see: another office may have kept the meeting before."""
    rows = meeting.steps.filter(proposal__in=OFFICE_PAPERS.visible(user))
    return rows.select_related("proposal", "assignment__unit").order_by("pk")


@transaction.atomic
def minute(meeting: SupervisionMeeting, lines: Sequence[tuple[Assignment, str, date | None]], *, by: User) -> int:
    """Write down what each unit said; again replaces what was written for it. Says how many."""
    for assignment, said, next_on in lines:
        known = SupervisionStep.objects.filter(meeting=meeting, assignment=assignment)
        if not known.update(said=said, next_on=next_on):
            record(
                assignment.proposal, by=by, kind=SupervisionKind.MEETING, on=meeting.held_on, assignment=assignment,
                said=said, next_on=next_on, meeting=meeting,
            )  # fmt: skip
    return len(lines)
