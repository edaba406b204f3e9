"""Every row of the four tables (reference.md §3.4, §3.5, §6.1), taken; and from every other state refused.

The lists here are written from the reference, not from the tables: a row that is missing, added or widened fails.
"""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from congress.kernel.workflow import SYSTEM, Refused
from congress.models import DueTime, Role, Rule
from proposals.models import Assignment, AssignmentState, Feedback, Proposal, Undertaking
from proposals.models import ProposalState as S
from proposals.services import handling
from proposals.workflows import ASSIGNMENT, INQUIRY, PROPOSAL, SIGNATURE, UNDERTAKING
from tests import factories
from tests.proposals.world import PROMISE, REPLY, STARTED, make_world

pytestmark = pytest.mark.django_db
A = AssignmentState
TODAY = timezone.localdate

PAPER = {  # verb: (from, to)
    "invite": ("draft", "signing"),
    "submit": ("draft signing returned", "submitted"),
    "register": ("submitted", "registered"),
    "screen": ("registered", "screening"),
    "file": ("screening", "filed"),
    "convert": ("screening", "converted"),
    "merge": ("screening filed", "merged"),
    "return": ("screening", "returned"),
    "reject": ("screening", "rejected"),
    "to_advice": ("screening", "to_advice"),
    "lapse": ("returned", "withdrawn"),
    "unmerge": ("merged", "screening"),
    "discard": ("draft signing", "withdrawn"),
    "orphan": ("draft signing", "withdrawn"),
    "allow_withdrawal": (
        "submitted registered screening returned filed converted to_advice deliberation planning", "withdrawn",
    ),
    "lay_before": ("filed", "deliberation"),
    "adopt": ("deliberation", "planning"),
    "not_adopted": ("deliberation", "converted"),
    "plan": ("filed converted to_advice", "planning"),
    "plan_advice": ("registered", "planning"),
    "answer": ("registered to_advice", "answered"),
    "adopt_idea": ("registered", "closed"),
    "assign": ("planning", "assigned"),
    "complete": ("assigned rehandling", "answered"),
    "ask_opinions": ("answered", "feedback"),
    "answer_again": ("feedback", "answered"),
    "rehandle": ("feedback", "rehandling"),
    "rule_finally": ("feedback", "closed"),
    "rule_and_track": ("feedback", "tracking"),
    "close": ("feedback", "closed"),
    "track": ("feedback", "tracking"),
    "close_silent": ("feedback", "closed"),
    "track_silent": ("feedback", "tracking"),
    "fulfil": ("tracking", "closed"),
    "close_merged": ("merged", "closed"),
    "report": ("closed", "reported"),
}  # fmt: skip
PART = {
    "give": ("planned", "pending_sign"),
    "sign_for": ("pending_sign", "signed"),
    "object": ("pending_sign signed", "objected"),
    "reassign": (
        "pending_sign signed working extension_asked opinions_collected drafted in_review", "returned",
    ),
    "approve_return": ("objected", "returned"),
    "refuse_return": ("objected", "signed"),
    "start": ("signed", "working"),
    "ask_extension": ("working", "extension_asked"),
    "grant": ("extension_asked", "working"),
    "refuse": ("extension_asked", "working"),
    "give_opinion": ("working", "opinion_given"),
    "collect": ("working", "opinions_collected"),
    "draft": ("working opinions_collected drafted", "drafted"),
    "submit_reply": ("drafted", "in_review"),
    "bounce": ("in_review", "drafted"),
    "approve": ("in_review", "replied"),
    "reopen": ("replied", "working"),
    "call_off": (
        "planned pending_sign signed objected extension_asked working opinions_collected drafted in_review",
        "cancelled",
    ),
}  # fmt: skip
NAME = {
    "sign": ("invited declined", "signed"),
    "decline": ("invited", "declined"),
    "take_back": ("signed", "declined"),
    "sign_paper": ("invited signed declined dropped expired", "signed"),
    "strike": ("signed", "dropped"),
    "ask_again": ("signed declined dropped expired", "invited"),
    "drop": ("invited declined", "dropped"),
    "step_down": ("signed", "dropped"),
    "expire": ("invited", "expired"),
}
PROMISED = {
    "keep": ("open", "reported"),
    "confirm": ("reported", "kept"),
    "doubt": ("reported", "open"),
    "renew": ("open reported", "open"),
    "drop": ("open reported", "dropped"),
}
ASKED = {
    "submit": ("draft", "submitted"),
    "withdraw": ("draft submitted accepted", "withdrawn"),
    "accept": ("submitted", "accepted"),
    "refuse": ("submitted", "refused"),
    "deliver": ("accepted", "delivered"),
    "answer": ("delivered", "answered"),
    "rate": ("answered", "answered"),
    "ask_again": ("answered", "reanswer"),
    "answer_again": ("reanswer", "answered"),
    "escalate": ("answered", "escalated"),
    "close": ("answered escalated", "closed"),
}


@pytest.mark.parametrize(
    ("workflow", "rows"),
    [(PROPOSAL, PAPER), (ASSIGNMENT, PART), (SIGNATURE, NAME), (UNDERTAKING, PROMISED), (INQUIRY, ASKED)],
    ids=["paper", "part", "signature", "promise", "inquiry"],
)
def test_the_table_is_the_one_of_the_reference(workflow, rows):
    assert {row.verb: (set(row.source), row.target) for row in workflow.transitions} == {
        verb: (set(source.split()), target) for verb, (source, target) in rows.items()
    }


@pytest.fixture
def world():
    return make_world()


def _other(proposal):
    return Proposal.objects.create(congress=proposal.congress, lead=proposal.lead, kind="motion")


def stand(proposal, state, **facts):
    """Put a paper at a state without its history: the row under test is the one that counts."""
    facts = {"number": 900, "year": 2026, "submitted_at": timezone.now(), "reject_reason": "vague"} | facts
    if state == S.MERGED and "merged_into_id" not in facts:
        facts["merged_into_id"] = _other(proposal).pk
    Proposal.objects.filter(pk=proposal.pk).update(state=state, **facts)
    return Proposal.objects.get(pk=proposal.pk)


def put(assignment, state):
    Assignment.objects.filter(pk=assignment.pk).update(
        state=state, assigned_on=TODAY(), due_on=TODAY(), original_due_on=TODAY(), done_on=TODAY()
    )
    return Assignment.objects.get(pk=assignment.pk)


def actor(world, workflow, verb, obj):
    """Whoever the table lets take it."""
    people = [world.office, world.user, world.desk, world.co_users[0], SYSTEM]
    return next(one for one in people if workflow.row(verb).who(one, obj))


@pytest.mark.parametrize("verb", PAPER)
def test_a_paper_takes_no_row_from_another_state(world, verb):
    proposal = world.paper()
    entered = Proposal.objects.filter(pk=proposal.pk)
    entered.update(entered_by=world.office)
    for state in S:
        if state in PAPER[verb][0].split():
            continue
        proposal = stand(proposal, state)
        with pytest.raises(Refused):
            PROPOSAL.take(proposal, verb, by=actor(world, PROPOSAL, verb, proposal))
        assert Proposal.objects.get(pk=proposal.pk).state == state


@pytest.mark.parametrize("verb", PART)
def test_a_units_part_takes_no_row_from_another_state(world, verb):
    row = world.assigned().assignments.get()
    for state in A:
        if state in PART[verb][0].split():
            continue
        row = put(row, state)
        with pytest.raises(Refused):
            ASSIGNMENT.take(row, verb, by=actor(world, ASSIGNMENT, verb, row))
        assert Assignment.objects.get(pk=row.pk).state == state


@pytest.mark.parametrize(
    "verb", [verb for verb in PAPER if verb not in {"register", "unmerge", "complete", "ask_opinions"}]
)
def test_strangers_move_no_paper(world, verb):
    proposal = world.paper()
    neighbour = factories.make_user(Role.TOWNSHIP, factories.make_township(name="凤台镇"))
    proposal = stand(proposal, PAPER[verb][0].split()[0])
    for stranger in (neighbour, world.co_users[0], world.desk):
        with pytest.raises(PermissionDenied):
            PROPOSAL.take(proposal, verb, by=stranger)


@pytest.mark.parametrize("verb", PART)
def test_strangers_move_no_part(world, verb):
    row = put(world.assigned().assignments.get(), PART[verb][0].split()[0])
    neighbour = factories.make_user(Role.TOWNSHIP, factories.make_township(name="凤台镇"))
    others = [neighbour, world.user, world.other_desk]
    others.append(world.office if ASSIGNMENT.row(verb).who(world.desk, row) else world.desk)
    for stranger in others:
        with pytest.raises(PermissionDenied):
            ASSIGNMENT.take(row, verb, by=stranger)


# Each row that the walks of test_paper_life do not take, taken once.


def test_screening_ends_in_each_of_its_outcomes(world):
    rows = {
        "file": {"note": ""}, "to_advice": {"note": "属于日常工作建议。"},
        "return": {"note": "缺少责任单位和时限。"},
        "reject": {"note": "所提事项正在诉讼。", "reject_reason": "in_court", "forwarded_to": world.unit},
    }  # fmt: skip
    for verb, said in rows.items():
        decided = PROPOSAL.take(world.screening(title=f"关于完善{verb}的提议"), verb, by=world.office, **said)
        assert decided.state == PAPER[verb][1]
        assert decided.decision_note == said["note"]
    lead = world.screening()
    merged = PROPOSAL.take(world.screening(), "merge", by=world.office, into=lead, note="内容相近。")
    assert merged.merged_into == lead


def test_a_proposal_is_converted_with_a_new_number_and_keeps_the_old_one(world):
    Rule.objects.create(key="proposal_min_signers", valid_from=TODAY(), value="1", source="测试")
    kept = world.screening(kind="proposal", session=world.session)
    assert (kept.kind_word, kept.number_text) == ("提案", "第001号")
    converted = PROPOSAL.take(kept, "convert", by=world.office, note="不属于大会职权。")
    assert (converted.kind, converted.number, converted.year) == ("motion", 1, TODAY().year)
    assert (converted.former_kind, converted.former_number) == ("proposal", 1)


def test_a_returned_paper_is_handed_in_again_under_its_number_or_lapses(world):
    returned = PROPOSAL.take(world.screening(), "return", by=world.office, note="请补充责任单位。")
    again = PROPOSAL.take(returned, "submit", by=world.user)
    assert (again.state, again.number) == (S.REGISTERED, returned.number)
    late = stand(again, S.RETURNED, number=again.number, resubmit_by=TODAY())
    with pytest.raises(Refused):
        PROPOSAL.take(late, "lapse", by=world.office, note="逾期未补正。")
    late = stand(again, S.RETURNED, number=again.number, resubmit_by=TODAY() - timedelta(days=1))
    assert PROPOSAL.take(late, "lapse", by=world.office, note="逾期未补正。").state == S.WITHDRAWN


def test_where_the_congress_votes_nothing_is_planned_before(world):
    filed = stand(world.paper(kind="proposal", session=world.session), S.FILED, year=None)
    with pytest.raises(Refused):
        PROPOSAL.take(filed, "lay_before", by=world.office)
    Rule.objects.create(key="proposal_adoption", valid_from=TODAY(), value="yes", source="测试")
    with pytest.raises(Refused):
        PROPOSAL.take(filed, "plan", by=world.office)
    before = PROPOSAL.take(filed, "lay_before", by=world.office)
    lost = PROPOSAL.take(before, "not_adopted", by=world.office, votes_for=3, votes_present=9, note="")
    assert (lost.state, lost.kind, lost.former_number) == (S.CONVERTED, "motion", 900)
    other = stand(world.paper(kind="proposal", session=world.session), S.DELIBERATION, year=None, number=901)
    assert PROPOSAL.take(other, "adopt", by=world.office, votes_for=8, votes_present=9, note="").state == S.PLANNING


def test_a_vote_of_half_adopts_nothing(world):
    before = stand(world.paper(kind="proposal", session=world.session), S.DELIBERATION, year=None)
    half = {"votes_present": "10", "votes_for": "5"}
    assert not PROPOSAL.form(before, "adopt", by=world.office, data=half).is_valid()
    assert PROPOSAL.form(before, "not_adopted", by=world.office, data=half).is_valid()


def test_advice_is_answered_by_the_office_or_passed_on_and_an_idea_taken_up(world):
    advice = world.submitted(kind="advice", title="关于增设公交候车亭的建议意见")
    said = {"text": "已联系公交公司，年内增设两处。", "signer": "李明", "contact_name": "赵敏", "contact_phone": "1"}
    said["reply_class"] = "A"
    assert PROPOSAL.take(advice, "answer", by=world.office, **said).state == S.FEEDBACK
    other = world.submitted(kind="advice", title="关于增设路灯的建议意见")
    assert PROPOSAL.take(other, "plan_advice", by=world.office).state == S.PLANNING
    idea = world.submitted(kind="golden_idea", title="关于错峰赶场的金点子")
    with pytest.raises(Refused):
        PROPOSAL.take(idea, "screen", by=world.office)
    said = {"adoption": "adopted", "adopted_by": "石桥镇人民政府", "adopted_on": TODAY(), "note": "已采纳。"}
    taken = PROPOSAL.take(idea, "adopt_idea", by=world.office, **said)
    assert (taken.state, taken.adoption) == (S.CLOSED, "adopted")


def test_a_draft_is_thrown_away_and_a_submitted_paper_taken_back_with_a_reason(world):
    assert PROPOSAL.take(world.paper(), "discard", by=world.user).state == S.WITHDRAWN
    planned = world.planning()
    with pytest.raises(Refused):
        PROPOSAL.take(planned, "allow_withdrawal", by=world.office, note="")
    Proposal.objects.filter(pk=planned.pk).update(withdrawal_reason="问题已经解决。")
    gone = PROPOSAL.take(planned, "allow_withdrawal", by=world.office, note="同意撤回。")
    assert (gone.state, gone.assignments.get().state) == (S.WITHDRAWN, A.CANCELLED)


def test_silence_closes_a_paper_late_and_never_as_content(world):
    proposal = world.answered()
    with pytest.raises(Refused):
        PROPOSAL.take(proposal, "close", by=world.office, note="")
    with pytest.raises(Refused):
        PROPOSAL.take(proposal, "close_silent", by=world.office, note="多次联系未果。")
    DueTime.objects.filter(kind="proposal_feedback").update(due_on=TODAY() - timedelta(days=1))
    assert PROPOSAL.take(proposal, "close_silent", by=world.office, note="多次联系未果。").state == S.CLOSED
    assert not Feedback.objects.exists()


def test_a_promise_keeps_its_paper_open_until_it_is_kept(world):
    due = TODAY() + timedelta(days=200)
    proposal = world.answered(reply_class="B", promise_due_on=due, **PROMISE)
    handling.give_feedback(proposal, world.lead, attitude="satisfied", result="satisfied", by=world.user)
    assert Proposal.objects.get(pk=proposal.pk).state == S.TRACKING
    promise = Undertaking.objects.get()
    said = {"done_on": TODAY(), "evidence": "二期三公里管网已于本月竣工验收。"}
    reported = UNDERTAKING.take(promise, "keep", by=world.desk, **said)
    open_again = UNDERTAKING.take(reported, "doubt", by=world.user, note="还有一段没有通水。")
    reported = UNDERTAKING.take(open_again, "keep", by=world.desk, **said)
    assert UNDERTAKING.take(reported, "confirm", by=world.user).state == "kept"
    assert Proposal.objects.get(pk=proposal.pk).state == S.CLOSED


def test_a_promise_given_up_closes_the_paper_too_and_silence_tracks(world):
    due = TODAY() + timedelta(days=200)
    proposal = world.answered(reply_class="B", promise_due_on=due, **PROMISE)
    DueTime.objects.filter(kind="proposal_feedback").update(due_on=TODAY() - timedelta(days=1))
    tracked = PROPOSAL.take(proposal, "track_silent", by=world.office)
    assert tracked.state == S.TRACKING
    UNDERTAKING.take(Undertaking.objects.get(), "drop", by=world.office, note="规划调整，二期不再建设。")
    assert Proposal.objects.get(pk=proposal.pk).state == S.CLOSED


def test_a_merged_paper_is_answered_and_closed_with_its_lead(world):
    lead = world.planning()
    other = factories.make_proposal(world.co[0])
    joined = stand(other, S.MERGED, number=55, merged_into_id=lead.pk)
    Proposal.objects.filter(pk=joined.pk).update(merged_into=lead)
    given = PROPOSAL.take(lead, "assign", by=world.office)
    proposal = world.answered(world.begin(given.assignments.get(), world.desk))
    handling.give_feedback(joined, world.co[0], attitude="satisfied", result="satisfied", by=world.co_users[0])
    assert Feedback.objects.get().proposal == proposal
    handling.give_feedback(proposal, world.lead, attitude="satisfied", result="satisfied", by=world.user)
    assert Proposal.objects.get(pk=joined.pk).state == S.CLOSED


def test_an_assisting_unit_gives_its_opinion_and_the_lead_collects(world):
    parts = [(world.unit, "lead", ""), (world.other, "assist", "")]
    lead = world.working(parts)
    other = lead.proposal.assignments.get(unit=world.other)
    with pytest.raises(Refused):
        ASSIGNMENT.take(lead, "collect", by=world.desk)
    with pytest.raises(Refused):
        ASSIGNMENT.take(lead, "draft", by=world.desk, **REPLY)
    other = world.begin(other, world.other_desk)
    said = ASSIGNMENT.take(other, "give_opinion", by=world.other_desk, opinion="资金已列入年初预算，可予支持。")
    assert said.state == A.OPINION_GIVEN
    collected = ASSIGNMENT.take(lead, "collect", by=world.desk)
    assert world.answered(collected).state == S.FEEDBACK


def test_separate_units_answer_each_its_part_and_the_last_one_moves_the_paper(world):
    first = world.working([(world.unit, "separate", "管网"), (world.other, "separate", "资金")])
    assert world.answered(first).state == S.ASSIGNED
    second = world.begin(first.proposal.assignments.get(unit=world.other), world.other_desk)
    row = ASSIGNMENT.take(second, "draft", by=world.other_desk, **(REPLY | {"reply_class": "C"}))
    row = ASSIGNMENT.take(row, "submit_reply", by=world.other_desk)
    ASSIGNMENT.take(row, "approve", by=world.office, issued_on=TODAY(), approved_by="")
    proposal = Proposal.objects.get(pk=first.proposal_id)
    assert (proposal.state, proposal.reply_class) == (S.FEEDBACK, "C")


def test_a_reply_comes_back_from_the_review(world):
    row = ASSIGNMENT.take(world.reviewed(), "bounce", by=world.office, note="请写明完工时间。")
    assert (row.state, row.replies.get().bounced_note) == (A.DRAFTED, "请写明完工时间。")


def test_more_time_is_asked_once_and_moves_only_the_current_day(world):
    row = world.working()
    first, until = row.due_on, row.due_on + timedelta(days=30)
    said = {"asked_until": until, "reason": "需要等待上级资金下达，前期设计已完成。"}
    asked = ASSIGNMENT.take(row, "ask_extension", by=world.desk, **said)
    refused = ASSIGNMENT.take(asked, "refuse", by=world.office, answer="请先行答复。")
    assert refused.due_on == first
    asked = ASSIGNMENT.take(refused, "ask_extension", by=world.desk, **said)
    granted = ASSIGNMENT.take(asked, "grant", by=world.office, granted_until=until, answer="")
    assert (granted.original_due_on, granted.due_on) == (first, until)
    assert Proposal.objects.get(pk=row.proposal_id).due_on == until
    with pytest.raises(Refused):
        ASSIGNMENT.take(granted, "ask_extension", by=world.desk, **said)


def test_an_objection_is_refused_once_and_for_all(world):
    row = world.assigned().assignments.get()
    said = {"reason": "管网改造资金由财政部门统筹安排。", "proper_unit": world.other}
    asked = ASSIGNMENT.take(row, "object", by=world.desk, **said)
    kept = ASSIGNMENT.take(asked, "refuse_return", by=world.office, answer="建设是你局职责。")
    assert kept.state == A.SIGNED
    with pytest.raises(Refused):
        ASSIGNMENT.take(kept, "object", by=world.desk, **said)
    assert ASSIGNMENT.take(kept, "start", by=world.desk, **STARTED).state == A.WORKING
