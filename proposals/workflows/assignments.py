"""The life of a unit's part in a paper (reference.md §3.5): signed for, handled, answered. One table.

A unit never passes a paper on by itself: its objection names the proper unit, and the office decides. When the last
answering unit has replied, the paper itself moves on, in the same transaction.
"""

from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.kernel import duetimes
from congress.kernel.deadlines import Deadline
from congress.kernel.workflow import MOVED_ON, SYSTEM, Move, Refused, Workflow
from congress.kernel.workflow import Transition as T
from proposals import deadlines
from proposals.forms import (
    ApproveForm,
    BounceForm,
    ExtensionAnswerForm,
    ExtensionForm,
    ObjectionForm,
    OpinionForm,
    RefuseForm,
    ReplyForm,
    ReturnAnswerForm,
    StartForm,
    earlier_objection,
)
from proposals.models import (
    ANSWERING,
    Assignment,
    AssignmentRequest,
    AssignmentRole,
    Proposal,
    Reply,
    ReplyClass,
    RequestKind,
)
from proposals.models import AssignmentState as S
from proposals.policies import directs, handles
from proposals.workflows.conditions import reply_whole
from proposals.workflows.letters import draft_notice, draft_reply_letter
from proposals.workflows.limits import (
    DONE,
    answers,
    assists,
    collected_first,
    earliest_letter,
    extends_once,
    has_assistants,
    in_objection_time,
    objects_once,
    opinions_in,
    with_units,
)
from proposals.workflows.papers import PROPOSAL
from proposals.workflows.promises import follow_up
from proposals.workflows.telling import tell_office, tell_proposers, tell_unit

SIGN, OPINION, REPLY = "assignment_sign", "assignment_opinion", "assignment_reply"


# Effects.


def note_signed(assignment: Assignment, move: Move) -> None:
    assignment.signed_at = move.at
    duetimes.close(SIGN, assignment.pk)


def note_handler(assignment: Assignment, move: Move) -> None:
    """Who has it in hand; the plan is the first note of progress."""
    assignment.handler = move.by
    assignment.handler_name, assignment.handler_phone = move.data["handler_name"], move.data["handler_phone"]
    if move.data.get("plan"):
        assignment.progress.create(text=move.data["plan"], by=move.by)


def ask_return(assignment: Assignment, move: Move) -> None:
    """While the office decides, nobody is reminded. Whoever gives a paper back has it in hand: it is signed for."""
    assignment.signed_at = assignment.signed_at or move.at
    duetimes.close(SIGN, assignment.pk)
    AssignmentRequest.objects.create(
        assignment=assignment, kind=RequestKind.OBJECTION, reason=move.data["reason"],
        proper_unit=move.data["proper_unit"], asked_by=move.by, asked_at=move.at,
    )  # fmt: skip
    _pause(assignment)
    tell_office(
        assignment.proposal, "objected", f"objected:{assignment.pk}:{move.at.isoformat()}", assignment=assignment
    )


def agree_return(assignment: Assignment, move: Move) -> None:
    """Another unit gets it from today, with the days of a fresh assignment, or of a second handling if it is one. One
    that was let off before gets it again only with a reason in writing, which it reads."""
    unit = move.data["new_unit"]
    earlier = AssignmentRequest.objects.let_off(assignment.proposal_id).filter(assignment__unit=unit).last()
    if earlier is not None and not move.note.strip():
        raise Refused(earlier_objection(earlier))
    _answer(assignment, move, RequestKind.OBJECTION, granted=True)
    _answer(assignment, move, RequestKind.EXTENSION, granted=False)
    _close(assignment)
    assignment.save()  # so that its place is free: a paper has one lead unit
    fresh = Assignment.objects.create(
        proposal=assignment.proposal, unit=unit, role=assignment.role, task=assignment.task, round=assignment.round,
        given_note=move.note.strip() if earlier else "",
    )  # fmt: skip
    tell_unit(
        assignment, "request_answered", f"returned:{move.at.isoformat()}", granted=True, answer=move.data["answer"]
    )
    ASSIGNMENT.take(fresh, "give", by=SYSTEM, at=move.at)
    _renew_due(assignment.proposal_id, gone=assignment)


def refuse_return(assignment: Assignment, move: Move) -> None:
    _answer(assignment, move, RequestKind.OBJECTION, granted=False)
    _resume(assignment)
    tell_unit(assignment, "request_answered", f"kept:{move.at.isoformat()}", granted=False, answer=move.data["answer"])


def ask_more_time(assignment: Assignment, move: Move) -> None:
    AssignmentRequest.objects.create(
        assignment=assignment, kind=RequestKind.EXTENSION, reason=move.data["reason"],
        asked_until=move.data["asked_until"], asked_by=move.by, asked_at=move.at,
    )  # fmt: skip
    _pause(assignment)
    tell_office(
        assignment.proposal,
        "extension_asked",
        f"extension:{assignment.pk}:{move.at.isoformat()}",
        assignment=assignment,
    )


def give_more_time(assignment: Assignment, move: Move) -> None:
    """The day moves; the first one stays on record. The delegates are told why they wait longer."""
    until = move.data["granted_until"]
    _answer(assignment, move, RequestKind.EXTENSION, granted=True, granted_until=until)
    assignment.due_on = until
    because = _("extended until %(day)s") % {"day": f"{until:%Y-%m-%d}"}
    for row in duetimes.open_of(REPLY, assignment.pk):
        duetimes.move(row, Deadline(until, (because,)), because=because)
    _renew_due(assignment.proposal_id, assignment)
    tell_unit(assignment, "request_answered", f"extended:{move.at.isoformat()}", granted=True, answer=because)
    tell_proposers(assignment.proposal, "extended", f"extended:{assignment.pk}:{until}", assignment=assignment)


def refuse_more_time(assignment: Assignment, move: Move) -> None:
    _answer(assignment, move, RequestKind.EXTENSION, granted=False)
    _resume(assignment)
    tell_unit(
        assignment, "request_answered", f"not_extended:{move.at.isoformat()}", granted=False, answer=move.data["answer"]
    )


def _answer(assignment: Assignment, move: Move, kind: str, *, granted: bool, granted_until: Any = None) -> None:
    assignment.requests.filter(kind=kind, granted=None).update(
        granted=granted, answer=move.data.get("answer", ""), granted_until=granted_until, answered_by=move.by,
        answered_at=move.at,
    )  # fmt: skip


def keep_opinion(assignment: Assignment, move: Move) -> None:
    """The lead unit reads it on its desk, and is told that it is there."""
    assignment.opinion = move.data["opinion"]
    assignment.done_on = timezone.localdate(move.at)
    duetimes.close(OPINION, assignment.pk)
    lead = assignment.proposal.assignments.filter(role=AssignmentRole.LEAD).exclude(state__in=DONE).first()
    if lead is not None:
        tell_unit(lead, "opinion_in", f"opinion:{assignment.pk}:{assignment.round}", other=assignment)


def keep_reply(assignment: Assignment, move: Move) -> None:
    """The draft of this handling's reply, and what it promises. Whoever wrote over another's draft is told."""
    kept = Reply.objects.filter(assignment=assignment, round=assignment.round).first()
    edition = kept.version if kept else 0
    if move.data.get("version") not in {None, edition}:
        raise Refused(MOVED_ON)
    names = ("reply_class", "text", "signer", "contact_name", "contact_phone")
    names += ("promise", "promise_due_on", "promise_evidence")
    Reply.objects.update_or_create(
        proposal=assignment.proposal, assignment=assignment, round=assignment.round,
        defaults={name: move.data[name] for name in names} | {"version": edition + 1},
    )  # fmt: skip


def to_review(assignment: Assignment, move: Move) -> None:
    """From today it is the office that keeps the delegates waiting."""
    assignment.submitted_on = timezone.localdate(move.at)
    _pause(assignment)
    tell_office(
        assignment.proposal, "reply_in_review", f"review:{assignment.pk}:{move.at.isoformat()}", assignment=assignment
    )


def bounce(assignment: Assignment, move: Move) -> None:
    Reply.objects.filter(assignment=assignment, round=assignment.round).update(bounced_note=move.note)
    assignment.submitted_on = None
    _resume(assignment)
    tell_unit(assignment, "reply_bounced", f"bounced:{move.at.isoformat()}", note=move.note)


def send(assignment: Assignment, move: Move) -> None:
    """The reply goes out; with the last one the paper is answered."""
    day = move.data["issued_on"]
    earliest, why = earliest_letter(assignment)
    if earliest and day < earliest:
        raise Refused(why)
    reply = Reply.objects.get(assignment=assignment, round=assignment.round)
    reply.issued_on, reply.bounced_note = day, ""
    reply.approved_by = move.data.get("approved_by", "")
    reply.document = draft_reply_letter(reply, by=move.by)
    reply.save()
    assignment.done_on = day
    duetimes.close(REPLY, assignment.pk)
    if reply.reply_class == ReplyClass.B:
        follow_up(reply, at=move.at)
    Proposal.objects.filter(pk=assignment.proposal_id).update(reply_class=_worst(assignment, reply))
    assignment.save()  # so that the paper counts it among those that have replied
    _renew_due(assignment.proposal_id)
    if not PROPOSAL.obstacle(Proposal.objects.get(pk=assignment.proposal_id), "complete"):
        PROPOSAL.take(assignment.proposal, "complete", by=SYSTEM, at=move.at)


def _worst(assignment: Assignment, reply: Reply) -> str:
    """A paper with several replies is as far as the least settled of them."""
    others = Reply.objects.filter(proposal=assignment.proposal_id, round=assignment.round, issued_on__isnull=False)
    return max([reply.reply_class, *others.values_list("reply_class", flat=True)])


def begin(assignment: Assignment, move: Move) -> None:
    """The unit has it: its days with their reasons, the notice on paper, the message to its desk."""
    day = timezone.localdate(move.at)
    organization = assignment.proposal.congress.organization
    assignment.assigned_on = day
    assignment.sign_due_on = _owe(assignment, SIGN, _("sign for it"), deadlines.sign_due(organization, day), day)
    assignment.object_until = deadlines.objection_due(organization, day).due_on
    again = assignment.round > 1  # the paper is handled a second time, by a unit that is new to it
    _owe_answer(assignment, day, second=again)
    assignment.original_due_on = assignment.due_on
    assignment.notice = draft_notice(assignment, by=move.by)
    tell_unit(assignment, "given_again" if again else "given", f"given:{assignment.round}")


def begin_again(assignment: Assignment, move: Move) -> None:
    """A second handling: the same unit, another clock, its own notice."""
    day = timezone.localdate(move.at)
    assignment.round += 1
    assignment.assigned_on = day
    assignment.done_on, assignment.object_until, assignment.submitted_on = None, None, None
    _owe_answer(assignment, day, second=True)
    assignment.original_due_on = assignment.due_on
    assignment.notice = draft_notice(assignment, by=move.by)
    tell_unit(assignment, "given_again", f"given:{assignment.round}")


def _owe_answer(assignment: Assignment, day: Any, *, second: bool) -> None:
    organization = assignment.proposal.congress.organization
    if assignment.role == AssignmentRole.ASSIST:
        deadline = deadlines.opinion_due(organization, day)
        assignment.due_on = _owe(assignment, OPINION, _("opinion for the lead unit"), deadline, day)
        return
    deadline = deadlines.second_reply_due(organization, day) if second else deadlines.reply_due(organization, day)
    assignment.due_on = _owe(assignment, REPLY, _("reply"), deadline, day)


def _owe(assignment: Assignment, kind: str, what: str, deadline: Deadline, day: Any) -> Any:
    proposal = assignment.proposal
    duetimes.start(
        f"{kind}:{assignment.pk}:{assignment.round}",
        kind=kind,
        subject_id=assignment.pk,
        organization=assignment.unit,
        ruled_by=proposal.congress.organization,
        title=f"{assignment.unit}：{proposal.kind_word}{proposal.number_text}《{proposal.title}》{what}",
        starts_on=day,
        deadline=deadline,
        link=f"/admin/proposals/proposal/{proposal.pk}/change/",
    )
    return deadline.due_on


def _pause(assignment: Assignment) -> None:
    for kind in (SIGN, OPINION, REPLY):
        duetimes.pause(kind, assignment.pk)


def _resume(assignment: Assignment) -> None:
    for kind in (SIGN, OPINION, REPLY):
        duetimes.resume(kind, assignment.pk)


def _close(assignment: Assignment) -> None:
    for kind in (SIGN, OPINION, REPLY):
        duetimes.close(kind, assignment.pk)


def let_go(assignment: Assignment, move: Move) -> None:
    """It need not answer any more, and hears why; of what was only planned for it, it never knew."""
    _close(assignment)
    if move.source != S.PLANNED:
        tell_unit(assignment, "called_off", f"called_off:{move.at.isoformat()}", reason=move.note)


def _renew_due(proposal_id: int, fresh: Assignment | None = None, gone: Assignment | None = None) -> None:
    """The paper is due when the first of its answering units is."""
    rows = Assignment.objects.filter(proposal=proposal_id, role__in=ANSWERING).open()
    rows = rows.exclude(pk=gone.pk) if gone else rows
    days = dict(rows.values_list("pk", "due_on"))
    if fresh is not None and fresh.role in ANSWERING:
        days[fresh.pk] = fresh.due_on
    Proposal.objects.filter(pk=proposal_id).update(due_on=min(days.values(), default=None))


# What the paper's own table asks of its units. `proposal` is locked, and saved by its own transition.


def give(proposal: Proposal, move: Move) -> None:
    """Every planned unit gets its part today."""
    _each(proposal, proposal.assignments.filter(state=S.PLANNED), "give", move)


def reopen(proposal: Proposal, move: Move) -> None:
    """The units that answered answer again."""
    _each(proposal, proposal.assignments.filter(state=S.REPLIED), "reopen", move)


def call_off(proposal: Proposal, move: Move) -> None:
    """Nobody needs to answer any more."""
    withdrawn = move.verb == "allow_withdrawal"
    reason = _("Its proposers took it back.") if withdrawn else _("The paper is closed.")
    for assignment in proposal.assignments.exclude(state__in=[*DONE, S.REPLIED, S.OPINION_GIVEN]):
        ASSIGNMENT.take(assignment, "call_off", by=SYSTEM, at=move.at, note=reason)


def free_assistants(proposal: Proposal, move: Move) -> None:
    """The lead unit has answered without them: their time was over."""
    late = proposal.assignments.filter(role=AssignmentRole.ASSIST).exclude(state__in=[*DONE, S.OPINION_GIVEN])
    reason = _("The lead unit has replied; an opinion is not needed any more.")
    for assignment in late:
        ASSIGNMENT.take(assignment, "call_off", by=SYSTEM, at=move.at, note=reason)


def _each(proposal: Proposal, rows: Any, verb: str, move: Move) -> None:
    given = [ASSIGNMENT.take(row, verb, by=SYSTEM, at=move.at) for row in rows]
    proposal.due_on = min((one.due_on for one in given if one.role in ANSWERING), default=None)


def by_paper(actor: Any, assignment: Assignment) -> bool:
    """Taken with a step of the paper itself."""
    return actor is SYSTEM


WORK: Final = [S.WORKING, S.OPINIONS_COLLECTED, S.DRAFTED]

# fmt: off
ASSIGNMENT: Workflow[Assignment] = Workflow(Assignment, [
    # verb              from                          to                    who       when                              then
    T("give",           [S.PLANNED],                  S.PENDING_SIGN,       by_paper, [],                               [begin], label=gettext_lazy("Hand it to the unit")),
    T("sign_for",       [S.PENDING_SIGN],             S.SIGNED,             handles,  [],                               [note_signed], label=gettext_lazy("Sign for it (签收)")),
    T("object",         [S.PENDING_SIGN, S.SIGNED],   S.OBJECTED,           handles,  [with_units, in_objection_time, objects_once], [ask_return], needs=ObjectionForm, label=gettext_lazy("It is not our affair")),
    T("reassign",       [S.PENDING_SIGN, S.SIGNED, S.WORKING, S.EXTENSION_ASKED, S.OPINIONS_COLLECTED, S.DRAFTED, S.IN_REVIEW], S.RETURNED, directs, [with_units], [agree_return], needs=ReturnAnswerForm, label=gettext_lazy("Give it to another unit")),
    T("approve_return", [S.OBJECTED],                 S.RETURNED,           directs,  [with_units],                     [agree_return], needs=ReturnAnswerForm, label=gettext_lazy("Agree, and give it to another unit")),
    T("refuse_return",  [S.OBJECTED],                 S.SIGNED,             directs,  [],                               [refuse_return], needs=RefuseForm, label=gettext_lazy("It stays with the unit")),
    T("start",          [S.SIGNED],                   S.WORKING,            handles,  [],                               [note_handler], needs=StartForm, label=gettext_lazy("Begin the handling")),
    T("ask_extension",  [S.WORKING],                  S.EXTENSION_ASKED,    handles,  [answers, extends_once],          [ask_more_time], needs=ExtensionForm, label=gettext_lazy("Ask for more time")),
    T("grant",          [S.EXTENSION_ASKED],          S.WORKING,            directs,  [],                               [give_more_time], needs=ExtensionAnswerForm, label=gettext_lazy("Grant more time")),
    T("refuse",         [S.EXTENSION_ASKED],          S.WORKING,            directs,  [],                               [refuse_more_time], needs=RefuseForm, label=gettext_lazy("No more time")),
    T("give_opinion",   [S.WORKING],                  S.OPINION_GIVEN,      handles,  [assists],                        [keep_opinion], needs=OpinionForm, label=gettext_lazy("Give the lead unit our opinion")),
    T("collect",        [S.WORKING],                  S.OPINIONS_COLLECTED, handles,  [answers, has_assistants, opinions_in], [], label=gettext_lazy("The opinions are in")),
    T("draft",          WORK,                         S.DRAFTED,            handles,  [answers, collected_first],       [keep_reply], needs=ReplyForm, label=gettext_lazy("Write the reply")),
    T("submit_reply",   [S.DRAFTED],                  S.IN_REVIEW,          handles,  [reply_whole],                    [to_review], label=gettext_lazy("Send it to the office for review")),
    T("bounce",         [S.IN_REVIEW],                S.DRAFTED,            directs,  [],                               [bounce], needs=BounceForm, label=gettext_lazy("Return the reply to the unit")),
    T("approve",        [S.IN_REVIEW],                S.REPLIED,            directs,  [],                               [send], needs=ApproveForm, label=gettext_lazy("Let the reply go out")),
    T("reopen",         [S.REPLIED],                  S.WORKING,            by_paper, [],                               [begin_again], label=gettext_lazy("Handle it again")),
    T("call_off",       [S.PLANNED, S.PENDING_SIGN, S.SIGNED, S.OBJECTED, S.EXTENSION_ASKED, *WORK, S.IN_REVIEW], S.CANCELLED, by_paper, [], [let_go], label=gettext_lazy("It need not answer any more")),
], parent="proposal")
# fmt: on
