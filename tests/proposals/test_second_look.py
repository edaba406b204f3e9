"""What a reader of the tables found: no clock left running, no word lost, nobody told what is not so."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from congress.kernel.reports import report_class
from congress.kernel.workflow import Refused
from congress.models import DueTime, Notice, Rule
from proposals.models import Assignment, AssignmentState, Precedent, Proposal, Signature
from proposals.models import ProposalState as S
from proposals.policies import PRECEDENTS, PROPOSALS
from proposals.services import handling, mine, statistics, writing
from proposals.services.timeline import timeline
from proposals.workflows import ASSIGNMENT, PROPOSAL, UNDERTAKING
from tests.proposals.world import PROMISE, REPLY, make_world

pytestmark = pytest.mark.django_db
WHY = "管网改造资金由财政部门统筹安排。"
SAID = {"text": "限于财力，目前无法实施，留作参考。", "signer": "李明", "contact_name": "赵敏", "contact_phone": "1"}


@pytest.fixture
def world():
    return make_world()


def now(proposal):
    return Proposal.objects.get(pk=proposal.pk)


def clocks(proposal):
    """The kinds of what is still owed for the paper and its parts."""
    parts = proposal.assignments.values_list("pk", flat=True)
    rows = DueTime.objects.filter(closed_at=None)
    own = rows.filter(kind__startswith="proposal_", subject_id=proposal.pk)
    theirs = rows.filter(kind__startswith="assignment_", subject_id__in=parts)
    return sorted([*own.values_list("kind", flat=True), *theirs.values_list("kind", flat=True)])


def heard(user, *words):
    """Whether a message to the user has all the words."""
    return any(all(word in f"{one.subject}\n{one.body}" for word in words) for one in user.notices.all())


def rehandled(world):
    paper = world.answered()
    handling.give_feedback(
        paper, world.lead, attitude="satisfied", result="dissatisfied", text="只修了一半。", by=world.user
    )
    return PROPOSAL.take(now(paper), "rehandle", by=world.office, note="请说明未完成部分。")


def two_signed(world):
    """Handled and answered, with two who signed beside the lead proposer."""
    paper = world.paper()
    for one in world.co[:2]:
        Signature.objects.create(
            proposal=paper, mandate=one, state="signed", answered_at=timezone.now(), text_digest=paper.text_digest
        )
    paper = PROPOSAL.take(writing.submit(paper, by=world.user), "screen", by=world.office)
    for reader in (world.office, world.reader):
        handling.give_opinion(paper, by=reader, outcome="file")
    paper = PROPOSAL.take(PROPOSAL.take(paper, "file", by=world.office), "plan", by=world.office)
    handling.plan(paper, [(world.unit, "lead", "")], by=world.office)
    row = PROPOSAL.take(now(paper), "assign", by=world.office).assignments.get()
    return world.answered(world.begin(row, world.desk))


def test_a_unit_relieved_while_it_asks_for_time_leaves_a_page_that_can_be_read(world, sign_in):
    row = world.working()
    until = row.due_on + timedelta(days=20)
    row = ASSIGNMENT.take(row, "ask_extension", by=world.desk, asked_until=until, reason=WHY)
    ASSIGNMENT.take(row, "reassign", by=world.office, new_unit=world.other, answer="改交财政局办理。")
    assert row.requests.get().granted is False
    assert sign_in(world.user).get(reverse("my_proposal", args=[row.proposal_id])).status_code == 200
    row.requests.update(granted=True)  # as it was recorded once
    assert not any("延期" in event.text for event in timeline(row.proposal))


def test_a_second_handling_stays_one_when_another_unit_gets_it(world):
    row = rehandled(world).assignments.get()
    ASSIGNMENT.take(row, "reassign", by=world.office, new_unit=world.other, answer="改交财政局办理。")
    fresh = Assignment.objects.get(unit=world.other)
    assert (fresh.round, fresh.due_on, fresh.notice.kind) == (2, row.due_on, "rehandling-notice")
    assert heard(world.other_desk, "重新办理") or heard(world.other_desk, "Handle it again")
    fresh = ASSIGNMENT.take(fresh, "object", by=world.other_desk, reason=WHY, proper_unit=world.unit)  # new to it
    fresh = ASSIGNMENT.take(fresh, "refuse_return", by=world.office, answer="请继续办理。")
    fresh = ASSIGNMENT.take(
        fresh, "start", by=world.other_desk, handler_name="钱进", handler_phone="1", plan="年内完成。"
    )
    fresh = ASSIGNMENT.take(fresh, "draft", by=world.other_desk, **REPLY)
    fresh = ASSIGNMENT.take(fresh, "submit_reply", by=world.other_desk)
    paper = now(row.proposal)
    ASSIGNMENT.take(fresh, "approve", by=world.office, issued_on=timezone.localdate(), approved_by="李明")
    assert now(paper).state == S.FEEDBACK
    assert paper.replies.filter(round=2, assignment=fresh, issued_on__isnull=False).exists()


def test_the_unit_that_answered_cannot_give_the_paper_back_the_second_time(world):
    row = rehandled(world).assignments.get()
    Assignment.objects.filter(pk=row.pk).update(state=AssignmentState.SIGNED)
    with pytest.raises(Refused):
        ASSIGNMENT.take(Assignment.objects.get(pk=row.pk), "object", by=world.desk, reason=WHY, proper_unit=world.other)


def test_two_papers_cannot_be_merged_into_each_other(world):
    one, other = world.screening(title="关于硬化村道的提议甲"), world.screening(title="关于硬化村道的提议乙")
    PROPOSAL.take(one, "merge", by=world.office, into=other, note="内容相近。")
    with pytest.raises(Refused):
        PROPOSAL.take(other, "merge", by=world.office, into=one, note="内容相近。")
    with pytest.raises(Refused):
        PROPOSAL.take(other, "merge", by=world.office, into=other, note="内容相近。")
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=other.pk).update(merged_into=other.pk)


def test_nothing_is_merged_into_a_paper_that_was_refused_meanwhile(world):
    lead, paper = world.screening(title="关于硬化村道的提议"), world.screening(title="关于硬化村道路面的提议")
    chosen = now(lead)
    PROPOSAL.take(lead, "reject", by=world.office, note="正在诉讼。", reject_reason="in_court", forwarded_to=None)
    with pytest.raises(Refused, match="关于硬化村道的提议"):
        PROPOSAL.take(paper, "merge", by=world.office, into=chosen, note="内容相近。")
    assert now(paper).state == S.SCREENING


def test_what_comes_back_from_a_merger_is_owed_a_screening_by_new_readers(world):
    lead, merged = world.screening(title="关于硬化村道的提议"), world.screening(title="关于硬化村道路面的提议")
    PROPOSAL.take(merged, "merge", by=world.office, into=lead, note="内容相近。")
    assert clocks(merged) == []
    PROPOSAL.take(lead, "reject", by=world.office, note="正在诉讼。", reject_reason="in_court", forwarded_to=None)
    merged = now(merged)
    assert (merged.state, merged.decided_at, clocks(merged)) == (S.SCREENING, None, ["proposal_screening"])
    with pytest.raises(Refused, match="0"):
        PROPOSAL.take(merged, "file", by=world.office)


def test_the_office_hears_of_every_request_for_time(world):
    row = world.working()
    for turn in (1, 2):
        until = row.due_on + timedelta(days=20)
        row = ASSIGNMENT.take(row, "ask_extension", by=world.desk, asked_until=until, reason=WHY)
        assert Notice.objects.filter(recipient=world.office, key__contains=":extension:").count() == turn
        row = ASSIGNMENT.take(row, "refuse", by=world.office, answer="请先行答复。")


def test_a_wish_to_take_back_is_decided_on_before_the_paper_goes_further(world):
    paper = world.planning()
    writing.ask_withdrawal(paper, "问题已经解决。", by=world.user)
    done, refused = handling.assign_together([now(paper)], by=world.office)
    assert (done, len(refused)) == (0, 1)
    assert now(paper).withdrawal_reason
    handling.refuse_withdrawal(paper, "其他联名代表希望继续办理。", by=world.office)
    assert handling.assign_together([now(paper)], by=world.office) == (1, [])


def test_what_the_congress_adopted_is_not_taken_back(world):
    paper = world.planning()
    Proposal.objects.filter(pk=paper.pk).update(kind="proposal", votes_for=30, votes_present=40)
    with pytest.raises(Refused):
        writing.ask_withdrawal(paper, "问题已经解决。", by=world.user)


def test_a_paper_that_was_open_and_then_refused_is_open_no_more(world):
    lead = PROPOSAL.take(world.screening(title="关于硬化村道的提议"), "file", by=world.office)
    paper = PROPOSAL.take(world.screening(title="关于硬化村道路面的提议"), "file", by=world.office)
    handling.publish(paper, True, by=world.office)
    PROPOSAL.take(now(paper), "merge", by=world.office, into=lead, note="内容相近。")
    assert paper not in PROPOSALS.published()
    writing.ask_withdrawal(lead, "问题已经解决。", by=world.user)
    PROPOSAL.take(now(lead), "allow_withdrawal", by=world.office, note="同意。")
    for reader in (world.office, world.reader):
        handling.give_opinion(now(paper), by=reader, outcome="reject", text="涉密。")
    PROPOSAL.take(now(paper), "reject", by=world.office, note="涉密。", reject_reason="secret", forwarded_to=None)
    assert not PROPOSALS.published().exists()
    assert paper not in PROPOSALS.visible(world.co_users[-1])


def test_every_signer_is_heard_though_the_leads_word_closes_the_paper(world, sign_in):
    paper = two_signed(world)
    handling.give_feedback(paper, world.lead, attitude="satisfied", result="satisfied", by=world.user)
    assert now(paper).state == S.CLOSED
    _papers, waiting = mine.at_a_glance(world.co_users[0], 3)
    assert [one.proposal_id for one in waiting] == [paper.pk]
    assert "feedback" in sign_in(world.co_users[0]).get(reverse("my_proposal", args=[paper.pk])).content.decode()
    said = {"attitude": "satisfied", "result": "dissatisfied", "text": "老街东段还没有接通。"}
    handling.give_feedback(now(paper), world.co[0], **said, by=world.co_users[0])
    assert now(paper).state == S.CLOSED
    assert Notice.objects.filter(recipient=world.office, key__contains="dissatisfied").exists()
    DueTime.objects.filter(kind="proposal_feedback").update(due_on=timezone.localdate() - timedelta(days=1))
    with pytest.raises(Refused):
        handling.give_feedback(now(paper), world.co[1], **said, by=world.co_users[1])


def test_the_day_the_proposers_were_told_holds_though_the_rule_changes(world, time_machine):
    paper = world.answered()
    told = DueTime.objects.get(kind="proposal_feedback").due_on
    Rule.objects.create(key="feedback_days", valid_from=timezone.localdate(), value="1", source="测试")
    time_machine.move_to(timezone.now() + timedelta(days=5))
    with pytest.raises(Refused, match=f"{told:%Y-%m-%d}"):
        PROPOSAL.take(now(paper), "close_silent", by=world.office, note="多次联系未果。")


def test_nobody_waits_for_an_assisting_unit_once_the_lead_unit_has_answered(world):
    lead = world.working([(world.unit, "lead", ""), (world.other, "assist", "")])
    Assignment.objects.filter(role="assist").update(due_on=timezone.localdate() - timedelta(days=1))
    lead = ASSIGNMENT.take(lead, "collect", by=world.desk)
    paper = world.answered(lead, reply_class="B", promise_due_on=timezone.localdate() + timedelta(days=200), **PROMISE)
    assert Assignment.objects.get(role="assist").state == AssignmentState.CANCELLED
    assert clocks(paper) == ["proposal_feedback"]
    assert heard(world.other_desk, "主办单位已答复")


def test_a_unit_for_which_a_paper_was_only_planned_never_hears_of_it(world):
    paper = world.planning()
    writing.ask_withdrawal(paper, "问题已经解决。", by=world.user)
    PROPOSAL.take(now(paper), "allow_withdrawal", by=world.office, note="同意。")
    assert Assignment.objects.get().state == AssignmentState.CANCELLED
    assert not world.desk.notices.exists()


@pytest.mark.parametrize("reply_class", ["A", "C", "D"])
def test_the_offices_own_answer_has_its_class_and_its_letter(world, reply_class):
    advice = world.submitted(kind="advice", title="关于增设公交候车亭的建议意见")
    paper = PROPOSAL.take(advice, "answer", by=world.office, reply_class=reply_class, **SAID)
    reply = paper.replies.get()
    assert (paper.reply_class, reply.reply_class, reply.document.mark) == (reply_class, reply_class, reply_class)
    assert SAID["text"].rstrip("。") in reply.document.body


def test_the_office_cannot_answer_with_a_promise_nobody_would_keep(world):
    advice = world.submitted(kind="advice", title="关于增设公交候车亭的建议意见")
    form = PROPOSAL.form(advice, "answer", by=world.office, data=SAID | {"reply_class": "B"})
    assert not form.is_valid()
    assert "reply_class" in form.errors


def test_a_leaders_ruling_does_not_bury_a_promise(world):
    promised = {"reply_class": "B", "promise_due_on": timezone.localdate() + timedelta(days=200), **PROMISE}
    paper = world.answered(**promised)
    unhappy = {"attitude": "satisfied", "result": "dissatisfied", "text": "只修了一半。", "by": world.user}
    handling.give_feedback(paper, world.lead, **unhappy)
    row = PROPOSAL.take(now(paper), "rehandle", by=world.office, note="请说明。").assignments.get()
    paper = world.answered(row)
    handling.give_feedback(paper, world.lead, **unhappy)
    ruling = {"ruled_by": "区委常委李强", "note": "资金已列入明年预算，按承诺期限办理。"}
    with pytest.raises(Refused):
        PROPOSAL.take(now(paper), "rule_finally", by=world.office, **ruling)
    paper = PROPOSAL.take(now(paper), "rule_and_track", by=world.office, **ruling)
    assert (paper.state, paper.ruled_by, clocks(paper)) == (S.TRACKING, "区委常委李强", [])
    assert heard(world.user, "区委常委李强")
    UNDERTAKING.take(paper.undertakings.get(), "drop", by=world.office, note="规划调整，不再建设。")
    assert (now(paper).state, now(paper).ruled_by) == (S.CLOSED, "区委常委李强")
    assert heard(world.desk, "规划调整")


def test_a_converted_proposal_keeps_its_session_and_its_new_number_is_found(world):
    Rule.objects.create(key="proposal_min_signers", valid_from=timezone.localdate(), value="1", source="测试")
    paper = world.screening(kind="proposal", session=world.session, title="关于完善场镇排污管网的提案")
    motion = PROPOSAL.take(paper, "convert", by=world.office, note="不属于大会职权。")
    assert (motion.session, motion.former_session, motion.former_number) == (None, world.session, 1)
    assert Precedent.objects.get(proposal=motion).number_text == f"提议{motion.number_text}"
    assert list(statistics.of_session(Proposal.objects.all(), 1)) == [motion]
    assert not statistics.of_session(Proposal.objects.all(), 2).exists()


def test_at_a_session_the_screening_is_due_before_it_closes_and_the_planning_counts_from_there(world):
    Rule.objects.create(key="proposal_min_signers", valid_from=timezone.localdate(), value="1", source="测试")
    last = timezone.localdate() + timedelta(days=1)
    type(world.session).objects.filter(pk=world.session.pk).update(ends_on=last)
    world.session.refresh_from_db()
    paper = world.screening(kind="proposal", session=world.session, title="关于完善场镇排污管网的提案")
    assert DueTime.objects.get(kind="proposal_screening").due_on == last
    PROPOSAL.take(paper, "file", by=world.office)
    planned = DueTime.objects.get(kind="proposal_planning")
    assert str(last) in planned.steps[0] or f"{last.month}月{last.day}日" in planned.steps[0]


def test_an_assisting_unit_is_told_that_its_opinion_is_due_with_the_lead_unit(world):
    world.assigned([(world.unit, "lead", ""), (world.other, "assist", "")])
    assert heard(world.other_desk, "主办单位")
    assert not heard(world.desk, "协办意见")


def test_a_paper_refused_as_secret_is_no_example_for_other_delegates(world):
    secret = world.screening(title="关于硬化村道的提议")
    PROPOSAL.take(secret, "reject", by=world.office, note="涉密。", reject_reason="secret", forwarded_to=None)
    vague = world.screening(title="关于硬化村道路面的提议")
    PROPOSAL.take(vague, "reject", by=world.office, note="过于笼统。", reject_reason="vague", forwarded_to=None)
    assert {row.proposal for row in PRECEDENTS.visible(world.co_users[0])} == {vague}
    assert {row.proposal for row in PRECEDENTS.visible(world.office)} == {secret, vague}


def test_the_list_of_the_assigning_meeting_can_be_printed_after_it(world):
    world.assigned(title="关于修缮灌溉渠系的提议")
    year = str(timezone.localdate().year)
    assert "关于修缮灌溉渠系的提议" not in report_class("d09-handover-list")(world.office, {}).html()
    shown = report_class("d09-handover-list")(world.office, {"period": year}).html()
    assert "关于修缮灌溉渠系的提议" in shown
    assert world.unit.name in shown


def test_steps_that_a_paper_of_its_kind_never_takes_are_not_offered(world):
    motion, advice = world.submitted(), world.submitted(kind="advice", title="关于增设公交候车亭的建议意见")
    offered = {row.verb for row, _why in PROPOSAL.available(motion, world.office)}
    assert not offered & {"adopt_idea", "answer", "plan_advice"}
    assert "screen" in offered
    assert {"answer", "plan_advice"} <= {row.verb for row, _why in PROPOSAL.available(advice, world.office)}


def test_a_text_that_is_too_long_is_refused_and_not_cut_by_the_browser(world):
    form = ASSIGNMENT.form(world.working(), "draft", by=world.desk, data=REPLY | {"text": "长" * 8001})
    assert not form.is_valid()
    assert "8001" in str(form.errors["text"])
    assert "maxlength" not in str(form["text"])
