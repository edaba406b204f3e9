"""Days that are owed: whose rule counts, what moves with them, and whose turn it is while they run."""

from datetime import datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from congress.kernel import duetimes
from congress.kernel.deadlines import TZ
from congress.kernel.reports import ReportRefused, report_class
from congress.kernel.workflow import Refused
from congress.models import DueTime, Notice, Role, Rule, Session
from congress.services import reminders
from proposals.models import Assignment, Inquiry, Proposal, SupervisionMeeting, SupervisionStep
from proposals.models import ProposalState as S
from proposals.services import digest, handling, overview, sessions, supervision, writing
from proposals.workflows import ASSIGNMENT, INQUIRY, PROPOSAL, UNDERTAKING
from tests import factories
from tests.proposals.world import PROMISE, make_world

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
WHY = "需要等待上级资金下达，前期设计已完成。"


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def alone():
    """A proposal of one signer will do."""
    Rule.objects.create(key="proposal_min_signers", valid_from=TODAY(), value="1", source="测试")


def set_rule(key, value, organization=None):
    Rule.objects.create(key=key, organization=organization, valid_from=TODAY(), value=value, source="测试")


def at(day, hour=9, minute=5):
    return datetime.combine(day, time(hour, minute), TZ)


def test_the_township_whose_paper_it_is_rules_when_its_unit_is_urged(world):
    set_rule("urge_days_after", "3", world.congress.organization)
    row = world.working()
    due = DueTime.objects.get(kind="assignment_reply")
    assert (due.organization, due.ruling) == (world.unit, world.congress.organization)
    reminders.run(at(row.due_on + timedelta(days=2)))
    assert not SupervisionStep.objects.exists()
    reminders.run(at(row.due_on + timedelta(days=3)))
    assert SupervisionStep.objects.get().kind == "letter"
    set_rule("remind_days_before", "3", world.congress.organization)
    duetimes.pause("assignment_reply", row.pk)
    duetimes.resume("assignment_reply", row.pk)
    due.refresh_from_db()
    assert due.next_at == at(row.due_on - timedelta(days=3), minute=0)


def test_days_counted_again_move_everywhere_they_are_shown(world):
    row = world.assigned().assignments.get()
    set_rule("sign_for_working_days", "8", world.congress.organization)
    reminders.recount(apply=True)
    row.refresh_from_db()
    assert row.sign_due_on == DueTime.objects.get(kind="assignment_sign").due_on
    assert row.sign_due_on > TODAY() + timedelta(days=7)


def test_a_paper_returned_at_a_session_has_one_day_and_its_lead_is_reminded(world, alone):
    day = TODAY() + timedelta(days=2)
    Session.objects.update(filing_closes_at=at(day, 16), ends_on=day)
    paper = world.screening(kind="proposal", session=Session.objects.get(), title="关于完善场镇排污管网的提案")
    paper = PROPOSAL.take(paper, "return", by=world.office, note="请补充责任单位。")
    assert paper.resubmit_by == DueTime.objects.get(kind="proposal_completion").due_on == day
    reminders.run(at(day - timedelta(days=1)))
    assert Notice.objects.filter(recipient=world.user, key__startswith="due:").count() == 1
    assert not Notice.objects.filter(recipient=world.office, key__startswith="due:").exists()


def test_a_proposal_returned_at_a_session_comes_back_before_its_cut_off_or_not_at_all(world, alone, time_machine):
    day = TODAY() + timedelta(days=2)
    Session.objects.update(filing_closes_at=at(day, 16), ends_on=day)
    paper = world.screening(kind="proposal", session=Session.objects.get(), title="关于完善场镇排污管网的提案")
    PROPOSAL.take(paper, "return", by=world.office, note="请补充责任单位。")
    time_machine.move_to(at(day + timedelta(days=1)))
    with pytest.raises(Refused):
        writing.submit(Proposal.objects.get(pk=paper.pk), by=world.user)
    time_machine.move_to(at(day))
    assert writing.submit(Proposal.objects.get(pk=paper.pk), by=world.user).state == S.REGISTERED


def test_a_unit_that_handed_its_reply_in_is_not_late_while_the_office_reads_it(world):
    row = world.reviewed()
    Assignment.objects.filter(pk=row.pk).update(due_on=TODAY(), original_due_on=TODAY())
    Proposal.objects.update(due_on=TODAY())
    with_it = timezone.now() + timedelta(days=20)
    assert not Assignment.objects.overdue(with_it.date()).exists()
    assert not Proposal.objects.overdue(with_it.date()).exists()
    late_issue = TODAY() + timedelta(days=9)
    ASSIGNMENT.take(row, "approve", by=world.office, issued_on=late_issue, approved_by="李明")
    section = report_class("p15-progress")(None, {}).sections[0]
    columns = [str(column.title).replace("\n", "") for column in section.columns]
    line = dict(zip(columns, map(str, section.table[0]), strict=True))
    assert line["按期率%"].startswith("100"), line


def test_a_unit_whose_reply_came_back_is_late_again(world):
    row = ASSIGNMENT.take(world.reviewed(), "bounce", by=world.office, note="请补充完成时限。")
    assert row.submitted_on is None
    Assignment.objects.filter(pk=row.pk).update(due_on=TODAY() - timedelta(days=1))
    Proposal.objects.update(due_on=TODAY() - timedelta(days=1))
    assert Assignment.objects.overdue(TODAY()).exists()
    assert Proposal.objects.overdue(TODAY()).exists()


def test_an_extension_keeps_the_whole_handling_within_six_months(world):
    set_rule("reply_months", "5", world.congress.organization)
    row = world.working()
    whole = row.assigned_on + timedelta(days=186)
    form = ASSIGNMENT.form(row, "ask_extension", by=world.desk, data={"asked_until": str(whole), "reason": WHY})
    assert not form.is_valid()
    near = {"asked_until": str(row.assigned_on + timedelta(days=180)), "reason": WHY}
    assert ASSIGNMENT.form(row, "ask_extension", by=world.desk, data=near).is_valid()


def test_a_proposal_is_owed_before_the_next_session_opens(world, alone):
    paper = PROPOSAL.take(
        world.screening(kind="proposal", session=world.session, title="关于完善场镇排污管网的提案"),
        "file", by=world.office,
    )  # fmt: skip
    motion = world.planning()
    assert sessions.owe_whole() == 0
    opens = TODAY() + timedelta(days=200)
    later = Session.objects.create(congress=world.congress, number=2, kind="annual", starts_on=opens)
    assert sessions.owe_whole() == 1
    assert sessions.owe_whole() == 0
    due = DueTime.objects.get(kind="proposal_whole")
    assert (due.subject_id, due.due_on) == (paper.pk, opens)
    assert motion.pk != due.subject_id
    Session.objects.filter(pk=later.pk).update(starts_on=opens + timedelta(days=14))
    sessions.owe_whole()
    due.refresh_from_db()
    assert due.due_on == opens + timedelta(days=14)
    PROPOSAL.take(paper, "convert", by=world.office, note="转办。") if paper.state == S.SCREENING else None
    writing.ask_withdrawal(paper, "问题已经解决。", by=world.user)
    PROPOSAL.take(Proposal.objects.get(pk=paper.pk), "allow_withdrawal", by=world.office, note="同意。")
    due.refresh_from_db()
    assert due.closed_at is not None


def test_the_share_of_assigned_papers_is_at_most_the_whole(world):
    world.assigned()
    advice = world.submitted(kind="advice", title="关于增设公交候车亭的建议意见")
    advice = PROPOSAL.take(advice, "plan_advice", by=world.office)
    handling.plan(advice, [(world.unit, "lead", "")], by=world.office)
    PROPOSAL.take(Proposal.objects.get(pk=advice.pk), "assign", by=world.office)
    assert str(report_class("p18-handling-report")(None, {}).context()["assigned_share"]).startswith("100")


def test_an_office_whose_only_open_paper_was_converted_gets_its_digest(world, alone):
    paper = world.screening(kind="proposal", session=world.session, title="关于完善场镇排污管网的提案")
    PROPOSAL.take(paper, "convert", by=world.office, note="不属于大会职权。")
    assert digest.weekly() > 0


def test_a_step_recorded_twice_at_once_is_one_step(world):
    row = world.working()
    said = {"by": world.office, "kind": "phone", "on": TODAY(), "assignment": row, "said": "已催。"}
    first = supervision.record(row.proposal, **said)
    assert supervision.record(row.proposal, **said) == first
    assert Notice.objects.filter(recipient=world.desk, key__contains="supervised").count() == 1


def test_letters_that_wait_to_be_issued_stand_on_the_dashboard(world):
    row = world.working()
    reminders.run(at(row.due_on + timedelta(days=8)))
    waiting = {str(label): rows.count() for rows, label, _place, _query in overview.tasks(world.office)}
    assert waiting["待签发的公文"] >= 1


def asked(world, kind="enquiry", **facts):
    """An enquiry of all five, handed in."""
    inquiry = Inquiry.objects.create(
        congress=world.congress, kind=kind, lead=world.lead, target=world.unit, subject="危房改造进度",
        question="去年决议的二百户危房改造完成了多少？", **facts,
    )  # fmt: skip
    inquiry.askers.add(world.lead, *world.co)
    return INQUIRY.take(inquiry, "submit", by=world.user)


def handed(world, **facts):
    inquiry = INQUIRY.take(asked(world, **facts), "accept", by=world.office)
    return INQUIRY.take(inquiry, "deliver", by=world.office)


def answered(inquiry, world, verb="answer", **said):
    said = {"answer_mode": "oral", "answer": "已完成一百八十户，余下明年三月底前完成。", "answered_by": "周立"} | said
    return INQUIRY.take(inquiry, verb, by=world.desk, answered_on=TODAY(), **said)


def test_an_interpellation_taken_back_is_owed_by_nobody_and_the_office_knows(world):
    set_rule("interpellation_min_askers", "1")
    enquiry = asked(world)
    Inquiry.objects.filter(pk=enquiry.pk).update(state="closed")
    inquiry = asked(world, "interpellation", enquiry=enquiry)
    assert DueTime.objects.filter(kind="inquiry_accept", closed_at=None).exists()
    INQUIRY.take(inquiry, "withdraw", by=world.user)
    assert not DueTime.objects.filter(closed_at=None).exists()
    assert world.office.notices.filter(key__contains="withdrawn").exists()


def test_the_body_asked_is_reminded_and_after_the_day_the_office_that_asked_it(world):
    district = factories.make_user(Role.OFFICE, world.congress.organization.parent)
    inquiry = handed(world)
    reminders.run(at(inquiry.due_on - timedelta(days=1)))
    assert world.desk.notices.filter(key__startswith="due:").count() == 1
    assert not world.office.notices.filter(key__startswith="due:").exists()
    reminders.run(at(inquiry.due_on + timedelta(days=1)))
    assert world.office.notices.filter(key__startswith="due:").count() == 1
    assert not district.notices.filter(key__startswith="due:").exists()
    assert world.desk.notices.filter(key__startswith="due:").last().link == reverse("unit_inquiry", args=[inquiry.pk])


def test_an_enquiry_counted_again_shows_its_new_day(world):
    inquiry = handed(world)
    set_rule("enquiry_working_days", "25", world.congress.organization)
    reminders.recount(apply=True)
    before = inquiry.due_on
    inquiry.refresh_from_db()
    assert inquiry.due_on == DueTime.objects.get(kind="inquiry_answer").due_on > before


def test_an_enquiry_at_a_session_is_answered_before_it_closes(world):
    last = TODAY() + timedelta(days=1)
    Session.objects.update(ends_on=last)
    assert handed(world, session=Session.objects.get()).due_on == last
    Session.objects.update(starts_on=TODAY() - timedelta(days=9), ends_on=TODAY() - timedelta(days=8))
    assert handed(world, session=Session.objects.get()).due_on > last


def test_a_second_answer_keeps_who_gave_which_and_what_was_thought_of_each(world):
    inquiry = answered(handed(world), world)
    inquiry = INQUIRY.take(inquiry, "rate", by=world.office, satisfied=0, dissatisfied=5, outcome="")
    inquiry = INQUIRY.take(inquiry, "ask_again", by=world.office)
    assert world.user.notices.filter(key__contains="asked_again").exists()
    again = {"answer_mode": "written", "answer": "余下二十户逐户列出，见附表。", "answered_by": "吴强"}
    inquiry = answered(inquiry, world, "answer_again", **again)
    assert (inquiry.answer_mode, inquiry.answered_by) == ("oral", "周立")
    assert (inquiry.second_answer_mode, inquiry.second_answered_by) == ("written", "吴强")
    assert (inquiry.first_dissatisfied, inquiry.dissatisfied) == (5, None)
    inquiry = INQUIRY.take(inquiry, "rate", by=world.office, satisfied=5, dissatisfied=0, outcome="")
    assert "首次：满意0人" in str(report_class("p26-inquiries")(None, {}).sections[0].table)
    with pytest.raises(Refused):
        INQUIRY.take(inquiry, "escalate", by=world.office, note="提请常委会研究。")


def open_clocks(paper):
    parts = paper.assignments.values_list("pk", flat=True)
    rows = DueTime.objects.filter(closed_at=None)
    own = rows.filter(kind__startswith="proposal_", subject_id=paper.pk).values_list("kind", flat=True)
    theirs = rows.filter(kind__startswith="assignment_", subject_id__in=parts).values_list("kind", flat=True)
    promised = rows.filter(kind="undertaking", subject_id__in=paper.undertakings.values("pk")).count()
    return sorted([*(kind.split("_")[1] for kind in (*own, *theirs)), *["promise"] * promised])


def test_after_each_step_exactly_the_clocks_of_that_step_run(world):
    """What is owed along the whole way of a paper, step by step: nothing is left over, nothing is missing."""
    seen = []

    def step(paper, words):
        seen.append((words, open_clocks(Proposal.objects.get(pk=paper.pk))))

    paper = world.submitted()
    step(paper, "registered")
    paper = PROPOSAL.take(paper, "screen", by=world.office)
    step(paper, "screened")
    paper = PROPOSAL.take(paper, "return", by=world.office, note="请补充责任单位。")
    step(paper, "returned")
    paper = PROPOSAL.take(writing.submit(paper, by=world.user), "screen", by=world.office)
    step(paper, "handed in again")
    for reader in (world.office, world.reader):
        handling.give_opinion(paper, by=reader, outcome="file")
    paper = PROPOSAL.take(PROPOSAL.take(paper, "file", by=world.office), "plan", by=world.office)
    step(paper, "planned")
    handling.plan(paper, [(world.unit, "lead", ""), (world.other, "assist", "")], by=world.office)
    paper = PROPOSAL.take(Proposal.objects.get(pk=paper.pk), "assign", by=world.office)
    step(paper, "assigned")
    lead = world.begin(paper.assignments.get(role="lead"), world.desk)
    step(paper, "begun")
    helper = world.begin(paper.assignments.get(role="assist"), world.other_desk)
    ASSIGNMENT.take(helper, "give_opinion", by=world.other_desk, opinion="资金已列入年初预算，可予支持。")
    step(paper, "opinion given")
    lead = ASSIGNMENT.take(lead, "collect", by=world.desk)
    promise = {"reply_class": "B", "promise_due_on": TODAY() + timedelta(days=200), **PROMISE}
    paper = world.answered(lead, **promise)
    step(paper, "answered")
    unhappy = {"attitude": "satisfied", "result": "dissatisfied", "text": "只修了一半。", "by": world.user}
    handling.give_feedback(paper, world.lead, **unhappy)
    paper = PROPOSAL.take(Proposal.objects.get(pk=paper.pk), "rehandle", by=world.office, note="请说明。")
    step(paper, "handled again")
    paper = world.answered(paper.assignments.get(role="lead"), **promise)
    step(paper, "answered again")
    handling.give_feedback(paper, world.lead, attitude="satisfied", result="satisfied", by=world.user)
    step(paper, "tracked")
    kept = UNDERTAKING.take(
        paper.undertakings.get(state="open"), "keep", by=world.desk, done_on=TODAY(), evidence="竣工验收报告已出。"
    )
    UNDERTAKING.take(kept, "confirm", by=world.user)
    step(paper, "closed")
    assert seen == [
        ("registered", ["screening"]),
        ("screened", ["screening"]),
        ("returned", ["completion"]),
        ("handed in again", ["screening"]),
        ("planned", ["planning"]),
        ("assigned", ["opinion", "reply", "sign", "sign"]),
        ("begun", ["opinion", "reply", "sign"]),
        ("opinion given", ["reply"]),
        ("answered", ["feedback", "promise"]),
        ("handled again", ["promise", "reply"]),
        ("answered again", ["feedback", "promise"]),
        ("tracked", ["promise"]),
        ("closed", []),
    ]


def test_the_papers_of_a_supervision_meeting_show_progress_and_what_was_said(world, sign_in):
    row = world.working()
    Assignment.objects.filter(pk=row.pk).update(due_on=TODAY() - timedelta(days=9))
    handling.note_progress(row, "管网设计已通过评审。", by=world.desk)
    earlier = TODAY() - timedelta(days=5)
    supervision.record(
        row.proposal, by=world.office, kind="phone", on=earlier, assignment=row, said="请本周内报送初步方案。"
    )
    meeting = SupervisionMeeting.objects.create(
        organization=world.congress.organization, held_on=TODAY(), place="三楼会议室", chair="李明"
    )
    params = {"meeting": str(meeting.pk)}
    before = report_class("d10-supervision-meeting")(world.office, params).html()
    for words in ("管网设计已通过评审", "请本周内报送初步方案", "三楼会议室", world.unit.name):
        assert words in before
    supervision.minute(meeting, [(Assignment.objects.get(pk=row.pk), "资金下周到位。", None)], by=world.office)
    assert "资金下周到位" in report_class("d10-supervision-meeting")(world.office, params).html()
    page = reverse("admin:proposals_supervisionmeeting_change", args=[meeting.pk])
    assert f"d10-supervision-meeting/?meeting={meeting.pk}" in sign_in(world.office).get(page).content.decode()
    neighbour = factories.make_user(Role.TOWNSHIP, factories.make_township(name="凤台镇"))
    with pytest.raises(ReportRefused):
        report_class("d10-supervision-meeting")(neighbour, params)


def test_a_long_list_of_what_is_late_has_pages(world, sign_in, monkeypatch):
    monkeypatch.setattr("proposals.admin.desks.LATE_A_PAGE", 2)
    for number in range(3):
        row = world.assigned(title=f"关于硬化{'甲乙丙'[number]}组道路的提议").assignments.get()
        Assignment.objects.filter(pk=row.pk).update(due_on=TODAY() - timedelta(days=9 - number))
    clerk, page = sign_in(world.office), reverse("admin:proposals_late")
    first, second = clerk.get(page).content.decode(), clerk.get(page, {"page": 2}).content.decode()
    assert [f"{group}组道路" in first for group in "甲乙丙"] == [True, True, False]
    assert "丙组道路" in second
    assert "3件" in first or "3 " in first
