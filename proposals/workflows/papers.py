"""The life of a paper (reference.md §3.4): one table, from a delegate's draft to the report to the next session."""

from datetime import date
from typing import Any, Final

from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.kernel import duetimes
from congress.kernel.deadlines import Deadline
from congress.kernel.workflow import SYSTEM, Move, Workflow, by_time
from congress.kernel.workflow import Transition as T
from proposals import deadlines
from proposals.forms import (
    AdoptIdeaForm,
    AdoptionForm,
    AnswerForm,
    CloseForm,
    ConvertForm,
    FileForm,
    LostVoteForm,
    MergeForm,
    ReasonForm,
    RehandleForm,
    RejectForm,
    ReturnForm,
    RuleForm,
    SessionReportForm,
)
from proposals.models import (
    NumberSeries,
    Precedent,
    Proposal,
    ProposalKind,
    Reply,
    Signature,
    SignatureState,
)
from proposals.models import ProposalState as S
from proposals.policies import closes, enters, keeps
from proposals.workflows.conditions import (
    adopted_if_asked,
    adoption_asked,
    all_answered,
    complete,
    completion_over,
    first_time,
    form_scanned,
    in_time,
    is_advice,
    is_idea,
    is_motion,
    is_paper,
    is_proposal,
    lead_in_office,
    led_still,
    no_withdrawal_asked,
    not_adopted_yet,
    nothing_promised,
    office_answered,
    read_by_enough,
    second_time,
    signed_enough,
    silent_too_long,
    something_promised,
    they_are_content,
    they_are_not,
    unit_answered,
    units_planned,
    withdrawal_asked,
)
from proposals.workflows.letters import draft_reply_letter
from proposals.workflows.merging import go_under, part_again
from proposals.workflows.signatures import SIGNATURE
from proposals.workflows.telling import tell_office, tell_proposers

SCREENING, COMPLETION, PLANNING, FEEDBACK, WHOLE = (
    "proposal_screening",
    "proposal_completion",
    "proposal_planning",
    "proposal_feedback",
    "proposal_whole",
)
CLOCKS: Final = (SCREENING, COMPLETION, PLANNING, FEEDBACK, WHOLE)


# Effects: what follows, in the same transaction.


def take_in(proposal: Proposal, move: Move) -> None:
    """It is in: when, and whoever did not answer is not asked any more."""
    proposal.submitted_at = proposal.submitted_at or move.at
    proposal.submissions += 1
    proposal.withdrawal_reason = ""
    ask_nobody(proposal, move)
    duetimes.close(COMPLETION, proposal.pk)


def ask_nobody(proposal: Proposal, move: Move) -> None:
    """Whoever did not answer need not any more."""
    for waiting in Signature.objects.filter(proposal=proposal, state=SignatureState.INVITED):
        SIGNATURE.take(waiting, "expire", by=SYSTEM, at=move.at)


def number_it(proposal: Proposal, move: Move) -> None:
    """The next number of its series, under lock. A paper handed in again keeps its own."""
    if proposal.number is not None:
        return
    session = proposal.session if proposal.kind == ProposalKind.PROPOSAL else None
    proposal.session = session
    proposal.year = None if session else timezone.localdate(proposal.submitted_at).year
    proposal.number = next_number(proposal)


def next_number(proposal: Proposal) -> int:
    """Take the next number of the paper's series; whoever comes at the same time waits, so none is lost or doubled."""
    place = {
        "congress_id": proposal.congress_id, "session_id": proposal.session_id, "year": proposal.year,
        "kind": proposal.kind,
    }  # fmt: skip
    NumberSeries.objects.bulk_create([NumberSeries(**place)], ignore_conflicts=True)
    series = NumberSeries.objects.select_for_update().get(**place)
    greatest = Proposal.objects.filter(**place).aggregate(most=Max("number"))["most"] or 0  # a ledger brings its own
    number = max(series.last, greatest) + 1
    NumberSeries.objects.filter(pk=series.pk).update(last=number)
    return number


def receipt(proposal: Proposal, move: Move) -> None:
    """Every signer has it in hand that the paper is in, and under which number."""
    tell_proposers(proposal, "received", f"received:{move.at.isoformat()}")
    tell_office(proposal, "to_screen", f"to_screen:{move.at.isoformat()}")


def owe_screening(proposal: Proposal, move: Move) -> None:
    """Between sessions the first look is owed by a day; at a session it is over before the session is."""
    day = timezone.localdate(move.at)
    last = proposal.session.ends_on if proposal.session else None
    if last is None or last < day:
        owe_first_look(proposal, day)
    else:
        deadline = Deadline(last, (_("before the session closes"),))
        _owe(proposal, SCREENING, _("screen it"), deadline, day)


def owe_first_look(proposal: Proposal, day: date) -> None:
    """From that day on somebody has to look at it."""
    _owe(proposal, SCREENING, _("screen it"), deadlines.screening_due(proposal.congress.organization, day), day)


def owe_planning(proposal: Proposal, move: Move) -> None:
    """It has to reach units by a day."""
    duetimes.close(SCREENING, proposal.pk)
    day = timezone.localdate(move.at)
    session = proposal.session or proposal.former_session
    since = max(day, session.ends_on) if session and session.ends_on else day  # counted from the end of the session
    deadline = deadlines.planning_due(proposal.congress.organization, since)
    _owe(proposal, PLANNING, _("plan and assign it"), deadline, day)


def _owe(proposal: Proposal, kind: str, what: str, deadline: Any, since: Any) -> None:
    duetimes.start(
        f"{kind}:{proposal.pk}:{proposal.round}:{since}",
        kind=kind,
        subject_id=proposal.pk,
        organization=proposal.congress.organization,
        title=f"{proposal.kind_word}{proposal.number_text}《{proposal.title}》：{what}",
        starts_on=since,
        deadline=deadline,
        link=reverse("admin:proposals_proposal_change", args=[proposal.pk]),
    )


def stop_clocks(proposal: Proposal, move: Move) -> None:
    """Nobody owes the office anything about it any more."""
    for kind in CLOCKS:
        duetimes.close(kind, proposal.pk)


def write_decision(proposal: Proposal, move: Move) -> None:
    """What was decided, as the proposers read it."""
    proposal.decided_at, proposal.decision_note = move.at, move.note


def tell_decision(proposal: Proposal, move: Move) -> None:
    """Every proposer hears the decision and its reason (R2 art. 2)."""
    tell_proposers(proposal, "decided", f"{move.verb}:{move.at.isoformat()}", reason=proposal.decision_note)


def become_motion(proposal: Proposal, move: Move) -> None:
    """Another kind, another series; the old number stays beside the new one."""
    proposal.former_kind, proposal.former_number = proposal.kind, proposal.number
    proposal.former_session = proposal.session
    duetimes.close(WHOLE, proposal.pk)  # a motion is not bound to the next session
    proposal.kind, proposal.number = ProposalKind.MOTION, None
    number_it(proposal, move)
    now = f"{proposal.kind_word}{proposal.number_text}"
    Precedent.objects.filter(proposal=proposal).update(number_text=now)  # what is like it is shown by its number


def ask_completion(proposal: Proposal, move: Move) -> None:
    """Until when it may be handed in again: by the session's cut-off, or the rule's days."""
    day = timezone.localdate(move.at)
    deadline = deadlines.completion_due(proposal.congress.organization, day)
    closes = proposal.session.filing_closes_at if proposal.session else None
    if closes and move.at < closes and timezone.localdate(closes) < deadline.due_on:
        deadline = Deadline(timezone.localdate(closes), (_("the session takes proposals until then"),))
    proposal.resubmit_by = deadline.due_on
    duetimes.close(SCREENING, proposal.pk)
    _owe(proposal, COMPLETION, _("get it completed, or say that it lapsed"), deadline, day)


def keep_reason(proposal: Proposal, move: Move) -> None:
    """The code for the statistics, and whom it was passed on to."""
    proposal.reject_reason = move.data["reject_reason"]
    proposal.forwarded_to = move.data.get("forwarded_to")


def keep_votes(proposal: Proposal, move: Move) -> None:
    proposal.votes_for, proposal.votes_present = move.data["votes_for"], move.data["votes_present"]


def own_answer(proposal: Proposal, move: Move) -> None:
    """The office answers in its own name: the class it gives itself, and a letter like a unit's."""
    said = {name: move.data[name] for name in ("reply_class", "text", "signer", "contact_name", "contact_phone")}
    reply = Reply.objects.create(proposal=proposal, round=proposal.round, issued_on=timezone.localdate(move.at), **said)
    reply.document = draft_reply_letter(reply, by=move.by)
    reply.save(update_fields=["document"])
    proposal.answered_at, proposal.reply_class = move.at, reply.reply_class


def ask_opinions(proposal: Proposal, move: Move) -> None:
    """Every signer is asked what he thinks; the office sees by when he should have answered."""
    day = timezone.localdate(move.at)
    proposal.answered_at = proposal.answered_at or move.at
    deadline = deadlines.feedback_due(proposal.congress.organization, day)
    _owe(proposal, FEEDBACK, _("get the proposers' opinion"), deadline, day)
    tell_proposers(proposal, "answered", f"answered:{proposal.round}", due_on=deadline.due_on)


def note_answer(proposal: Proposal, move: Move) -> None:
    """All replies are out. Who was to help the lead unit and did not is not waited for any more."""
    from proposals.workflows.assignments import free_assistants

    proposal.answered_at = move.at
    free_assistants(proposal, move)


def keep_idea(proposal: Proposal, move: Move) -> None:
    for name in ("adoption", "adopted_by", "adopted_on"):
        setattr(proposal, name, move.data[name])


def end_it(proposal: Proposal, move: Move) -> None:
    """Closed: when, how, and by whose word. What was merged into it is closed with it."""
    proposal.closed_at = move.at
    proposal.closing_note = move.note
    proposal.ruled_by = move.data.get("ruled_by", "") or proposal.ruled_by
    stop_clocks(proposal, move)
    take_back_from_units(proposal, move)
    for merged in proposal.merged.filter(state=S.MERGED):
        PROPOSAL.take(merged, "close_merged", by=SYSTEM, note=proposal.closing_note, at=move.at)


def keep_ruling(proposal: Proposal, move: Move) -> None:
    """A leader's final word on the handling; what was promised is owed all the same."""
    proposal.ruled_by, proposal.closing_note = move.data["ruled_by"], move.note
    tell_proposers(proposal, "ruled", f"ruled:{move.at.isoformat()}", reason=move.note)


def tell_end(proposal: Proposal, move: Move) -> None:
    tell_proposers(proposal, "closed", f"closed:{move.verb}", reason=proposal.closing_note)


def again(proposal: Proposal, move: Move) -> None:
    """A second handling has its own clock: the units that answered answer again."""
    from proposals.workflows.assignments import reopen

    duetimes.close(FEEDBACK, proposal.pk)
    proposal.round += 1
    proposal.decision_note = move.note
    Proposal.objects.filter(pk=proposal.pk).update(decision_note=move.note)  # the notice to the unit says it
    reopen(proposal, move)
    tell_proposers(proposal, "rehandled", f"rehandled:{proposal.round}", reason=proposal.decision_note)


def hand_out(proposal: Proposal, move: Move) -> None:
    """The units have it from today; their clocks run."""
    from proposals.workflows.assignments import give

    proposal.assigned_at = move.at
    duetimes.close(PLANNING, proposal.pk)
    give(proposal, move)
    tell_proposers(proposal, "assigned", "assigned")


def take_back_from_units(proposal: Proposal, move: Move) -> None:
    """Whoever has it does not need to answer any more."""
    from proposals.workflows.assignments import call_off

    call_off(proposal, move)


def keep_session(proposal: Proposal, move: Move) -> None:
    proposal.reported_at = move.data["session"]


def second_own_answer(proposal: Proposal, move: Move) -> None:
    """The office's second answer has its own round, like a unit's."""
    duetimes.close(FEEDBACK, proposal.pk)
    proposal.round += 1
    own_answer(proposal, move)


def free_merged(proposal: Proposal, move: Move) -> None:
    """What was merged into a paper that ends unanswered is looked at again for itself."""
    for merged in proposal.merged.filter(state=S.MERGED):
        PROPOSAL.take(merged, "unmerge", by=SYSTEM, at=move.at, note=proposal.decision_note)


def note_withdrawn(proposal: Proposal, move: Move) -> None:
    proposal.closed_at = move.at
    proposal.decision_note = move.note or proposal.withdrawal_reason


BEFORE_VOTE: Final = [
    S.SUBMITTED,
    S.REGISTERED,
    S.SCREENING,
    S.RETURNED,
    S.FILED,
    S.CONVERTED,
    S.TO_ADVICE,
    S.DELIBERATION,
    S.PLANNING,
]

# fmt: off
PROPOSAL: Workflow[Proposal] = Workflow(Proposal, [
    # verb               from                                  to              who      when                                        then
    T("invite",          [S.DRAFT],                            S.SIGNING,      enters,  [],                                         [], label=gettext_lazy("Ask others to sign")),
    T("submit",          [S.DRAFT, S.SIGNING, S.RETURNED],     S.SUBMITTED,    enters,  [lead_in_office, complete, form_scanned, in_time, signed_enough],         [take_in], label=gettext_lazy("Hand it in"), chain="register"),
    T("register",        [S.SUBMITTED],                        S.REGISTERED,   by_time, [],                                         [number_it, receipt, owe_screening], label=gettext_lazy("Register it")),
    T("screen",          [S.REGISTERED],                       S.SCREENING,    keeps,   [is_paper],                                 [], label=gettext_lazy("Begin the screening")),
    T("file",            [S.SCREENING],                        S.FILED,        keeps,   [read_by_enough],                           [write_decision, owe_planning, tell_decision], needs=FileForm, label=gettext_lazy("File it (立案)")),
    T("convert",         [S.SCREENING],                        S.CONVERTED,    keeps,   [is_proposal, read_by_enough],              [write_decision, become_motion, owe_planning, tell_decision], needs=ConvertForm, label=gettext_lazy("Convert it to a motion (转为提议)")),
    T("merge",           [S.SCREENING, S.FILED],               S.MERGED,       keeps,   [read_by_enough],                           [write_decision, go_under, stop_clocks, tell_decision], needs=MergeForm, label=gettext_lazy("Merge it (并案)")),
    T("return",          [S.SCREENING],                        S.RETURNED,     keeps,   [],                                         [write_decision, ask_completion, tell_decision], needs=ReturnForm, label=gettext_lazy("Return it for completion (退回补正)")),
    T("reject",          [S.SCREENING],                        S.REJECTED,     keeps,   [read_by_enough],                           [write_decision, keep_reason, stop_clocks, tell_decision, free_merged], needs=RejectForm, label=gettext_lazy("Do not file it (不予立案)")),
    T("to_advice",       [S.SCREENING],                        S.TO_ADVICE,    keeps,   [is_motion, read_by_enough],                [write_decision, owe_planning, tell_decision], needs=ReasonForm, label=gettext_lazy("Take it as advice (转意见建议)")),
    T("unmerge",         [S.MERGED],                           S.SCREENING,    by_time, [],                                         [part_again, tell_decision, owe_screening], label=gettext_lazy("Screened again: the paper it went under has ended")),
    T("lapse",           [S.RETURNED],                         S.WITHDRAWN,    keeps,   [completion_over],                          [note_withdrawn, stop_clocks, tell_decision, free_merged], needs=ReasonForm, label=gettext_lazy("Not completed in time")),
    T("discard",         [S.DRAFT, S.SIGNING],                 S.WITHDRAWN,    enters,  [led_still],                                [note_withdrawn, stop_clocks], label=gettext_lazy("Throw the draft away")),
    T("orphan",          [S.DRAFT, S.SIGNING],                 S.WITHDRAWN,    by_time, [],                                         [note_withdrawn, ask_nobody, stop_clocks], label=gettext_lazy("Closed: its lead proposer left and nobody else signed")),
    T("allow_withdrawal", BEFORE_VOTE,                         S.WITHDRAWN,    keeps,   [withdrawal_asked, not_adopted_yet],                         [note_withdrawn, take_back_from_units, stop_clocks, tell_decision, free_merged], needs=FileForm, label=gettext_lazy("Agree to its withdrawal (撤回)")),
    T("lay_before",      [S.FILED],                            S.DELIBERATION, keeps,   [adoption_asked, no_withdrawal_asked],      [], label=gettext_lazy("Put it before the congress")),
    T("adopt",           [S.DELIBERATION],                     S.PLANNING,     keeps,   [],                                         [keep_votes], needs=AdoptionForm, label=gettext_lazy("Adopted by the congress")),
    T("not_adopted",     [S.DELIBERATION],                     S.CONVERTED,    keeps,   [],                                         [keep_votes, write_decision, become_motion, tell_decision], needs=LostVoteForm, label=gettext_lazy("Not adopted")),
    T("plan",            [S.FILED, S.CONVERTED, S.TO_ADVICE],  S.PLANNING,     keeps,   [adopted_if_asked, no_withdrawal_asked],    [], label=gettext_lazy("Plan its handling (拟办)")),
    T("plan_advice",     [S.REGISTERED],                       S.PLANNING,     keeps,   [is_advice, no_withdrawal_asked],           [owe_planning], label=gettext_lazy("Pass it on to a unit")),
    T("answer",          [S.REGISTERED, S.TO_ADVICE],          S.ANSWERED,     keeps,   [is_advice],                                [own_answer, stop_clocks], needs=AnswerForm, label=gettext_lazy("Answer it yourselves"), chain="ask_opinions"),
    T("adopt_idea",      [S.REGISTERED],                       S.CLOSED,       keeps,   [is_idea],                                  [keep_idea, end_it, tell_end], needs=AdoptIdeaForm, label=gettext_lazy("Say how far it is taken up")),
    T("assign",          [S.PLANNING],                         S.ASSIGNED,     keeps,   [units_planned, no_withdrawal_asked],       [hand_out], label=gettext_lazy("Assign it (交办)")),
    T("complete",        [S.ASSIGNED, S.REHANDLING],           S.ANSWERED,     by_time, [all_answered],                             [note_answer], label=gettext_lazy("All units have replied"), chain="ask_opinions"),
    T("ask_opinions",    [S.ANSWERED],                         S.FEEDBACK,     by_time, [],                                         [ask_opinions], label=gettext_lazy("Ask the proposers' opinion")),
    T("answer_again",    [S.FEEDBACK],                         S.ANSWERED,     keeps,   [they_are_not, office_answered, first_time],  [second_own_answer], needs=AnswerForm, label=gettext_lazy("Answer it once more"), chain="ask_opinions"),
    T("rehandle",        [S.FEEDBACK],                         S.REHANDLING,   keeps,   [they_are_not, unit_answered, first_time],                 [again], needs=RehandleForm, label=gettext_lazy("Have it handled again (重新办理)")),
    T("rule_finally",    [S.FEEDBACK],                         S.CLOSED,       keeps,   [they_are_not, second_time, nothing_promised], [end_it, tell_end], needs=RuleForm, label=gettext_lazy("Close it by a leader's ruling")),
    T("rule_and_track",  [S.FEEDBACK],                         S.TRACKING,     keeps,   [they_are_not, second_time, something_promised], [keep_ruling, stop_clocks], needs=RuleForm, label=gettext_lazy("Follow its promises up by a leader's ruling")),
    T("close",           [S.FEEDBACK],                         S.CLOSED,       closes,  [they_are_content, nothing_promised],       [end_it, tell_end], needs=CloseForm, label=gettext_lazy("Close it (办结)")),
    T("track",           [S.FEEDBACK],                         S.TRACKING,     closes,  [they_are_content, something_promised],     [stop_clocks], label=gettext_lazy("Follow its promises up (跟踪)")),
    T("close_silent",    [S.FEEDBACK],                         S.CLOSED,       keeps,   [silent_too_long, nothing_promised],        [end_it, tell_end], needs=ReasonForm, label=gettext_lazy("Close it without an opinion")),
    T("track_silent",    [S.FEEDBACK],                         S.TRACKING,     keeps,   [silent_too_long, something_promised],      [stop_clocks], label=gettext_lazy("Follow its promises up without an opinion")),
    T("fulfil",          [S.TRACKING],                         S.CLOSED,       by_time, [nothing_promised],                         [end_it, tell_end], label=gettext_lazy("Every promise is kept")),
    T("close_merged",    [S.MERGED],                           S.CLOSED,       by_time, [],                                         [end_it, tell_end], label=gettext_lazy("Closed with the paper it went under")),
    T("report",          [S.CLOSED],                           S.REPORTED,     keeps,   [],                                         [keep_session], needs=SessionReportForm, label=gettext_lazy("Reported to the session")),
])
# fmt: on
