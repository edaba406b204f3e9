"""Holes in the life of a paper that testers named: a lead who leaves, an objection that returns, a promise made twice,
letters dated wrongly, talks that never were, texts that were cut."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from congress.kernel.workflow import Refused
from congress.models import DueTime, JournalEntry, Notice
from delegates.models import Mandate
from delegates.workflows import MANDATE
from proposals.models import (
    Assignment,
    DelegateContact,
    Reply,
    Undertaking,
)
from proposals.services import assessment, handling, letters, statistics, writing
from proposals.workflows import ASSIGNMENT, PROPOSAL, UNDERTAKING
from tests.proposals.world import PROMISE, REPLY, make_world

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
MOVED = {"reason": "moved_out", "basis": "石委〔2026〕12号", "proposer": "安塘村党支部", "decider": "中共石桥镇委员会"}
KEYS = {"inquiry_invited": "asked", "inquiry_reminded": "reminded", "decided": "reject"}
NOT_OURS = "排污管网由区财政局统筹，不属本单位职责。"


@pytest.fixture
def world():
    return make_world()


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def text(answer):
    return answer.content.decode()


def owed(user, what):
    """The messages of that kind, by what their keys say."""
    rows = Notice.objects.filter(key__contains=f":{KEYS.get(what, what)}:") | Notice.objects.filter(
        key__startswith=f"{what}:"
    )
    return rows.filter(recipient=user) if user else rows


# An objection that returns.


def objected(world, row, desk, proper):
    row = ASSIGNMENT.take(row, "sign_for", by=desk)
    return ASSIGNMENT.take(row, "object", by=desk, reason=NOT_OURS, proper_unit=proper)


def test_a_unit_that_was_let_off_gets_the_paper_again_only_with_a_written_reason(world, sign_in):
    first = world.assigned().assignments.get()
    first = objected(world, first, world.desk, world.other)
    ASSIGNMENT.take(first, "approve_return", by=world.office, new_unit=world.other, answer="同意退办，转区财政局。")
    second = objected(world, Assignment.objects.get(unit=world.other), world.other_desk, world.unit)
    clerk = sign_in(world.office)
    take = reverse("admin:proposals_assignment_take", args=[second.pk, "approve_return"])
    assert NOT_OURS.rstrip("。") in text(clerk.get(take))
    answer = clerk.post(take, {"new_unit": world.unit.pk, "answer": "同意。", "note": ""})
    assert answer.status_code == 200
    assert "同意退办，转区财政局" in text(answer)
    assert fresh(second).state == "objected"
    with pytest.raises(Refused, match="同意退办"):
        ASSIGNMENT.take(second, "approve_return", by=world.office, new_unit=world.unit, answer="")
    why = "经区委办协调，管网建设明确由住建局主办。"
    assert clerk.post(take, {"new_unit": world.unit.pk, "answer": "同意。", "note": why}).status_code == 302
    again = Assignment.objects.get(unit=world.unit, state="pending_sign")
    assert again.given_note == why
    with pytest.raises(Refused):  # it was decided: no third round
        objected(world, again, world.desk, world.other)
    page = sign_in(world.desk).get(reverse("unit_assignment", args=[again.pk]))
    assert why in text(page)


def test_a_unit_that_never_had_it_is_given_it_without_more_words(world, sign_in):
    row = objected(world, world.assigned().assignments.get(), world.desk, world.other)
    take = reverse("admin:proposals_assignment_take", args=[row.pk, "approve_return"])
    client = sign_in(world.office)
    assert 'name="note"' not in text(client.get(take))
    assert client.post(take, {"new_unit": world.other.pk, "answer": "同意。"}).status_code == 302
    assert Assignment.objects.get(unit=world.other).given_note == ""


# A promise made twice.


def rehandled(world, **reply):
    """The proposers were not content; the unit has written its second reply."""
    paper = world.answered(reply_class="B", promise_due_on=TODAY() + timedelta(days=200), **PROMISE)
    handling.give_feedback(
        paper, world.lead, attitude="satisfied", result="dissatisfied", text="时间太长。", by=world.user
    )
    PROPOSAL.take(fresh(paper), "rehandle", by=world.office, note="请提前完工时间。")
    row = ASSIGNMENT.take(paper.assignments.get(), "draft", by=world.desk, **(REPLY | reply))
    row = ASSIGNMENT.take(row, "submit_reply", by=world.desk)
    return ASSIGNMENT.take(row, "approve", by=world.office, issued_on=TODAY(), approved_by="李书记")


def test_a_second_class_b_reply_renews_the_promise_instead_of_doubling_it(world):
    sooner = TODAY() + timedelta(days=90)
    anew = {"promise": "三个月内完成二期管网", "promise_evidence": "验收报告", "promise_due_on": sooner}
    rehandled(world, reply_class="B", **anew)
    promise = Undertaking.objects.get()
    assert (promise.text, promise.due_on, promise.state) == ("三个月内完成二期管网", sooner, "open")
    assert promise.original_due_on == TODAY() + timedelta(days=200)
    clock = DueTime.objects.get(kind="undertaking", closed_at=None)
    assert (clock.due_on, clock.original_on) == (sooner, TODAY() + timedelta(days=200))
    assert "三个月内" in clock.title
    assert PROMISE["promise"] in JournalEntry.objects.get(verb="renew").note


def test_a_promise_that_was_kept_is_not_touched_by_a_new_one(world):
    paper = world.answered(reply_class="B", promise_due_on=TODAY() + timedelta(days=200), **PROMISE)
    promise = Undertaking.objects.get()
    promise = UNDERTAKING.take(promise, "keep", by=world.desk, done_on=TODAY(), evidence="二期管网已通水，验收合格。")
    UNDERTAKING.take(promise, "confirm", by=world.user)
    handling.give_feedback(
        paper, world.lead, attitude="satisfied", result="dissatisfied", text="还有支管。", by=world.user
    )
    PROPOSAL.take(fresh(paper), "rehandle", by=world.office, note="请补办支管。")
    anew = {"promise": "年内完成支管", "promise_evidence": "验收报告", "promise_due_on": TODAY() + timedelta(days=60)}
    row = ASSIGNMENT.take(paper.assignments.get(), "draft", by=world.desk, **(REPLY | {"reply_class": "B"} | anew))
    row = ASSIGNMENT.take(row, "submit_reply", by=world.desk)
    ASSIGNMENT.take(row, "approve", by=world.office, issued_on=TODAY(), approved_by="李书记")
    assert sorted(Undertaking.objects.values_list("state", flat=True)) == ["kept", "open"]


# The date of the letter.


def test_a_letter_bears_no_date_before_its_reply_was_there_nor_in_the_future(world, sign_in):
    row = world.working()
    Assignment.objects.filter(pk=row.pk).update(assigned_on=TODAY() - timedelta(days=20))
    row = world.reviewed(fresh(row))
    early, late = TODAY() - timedelta(days=1), TODAY() + timedelta(days=1)
    with pytest.raises(Refused, match=f"{TODAY().month}月{TODAY().day}日"):
        ASSIGNMENT.take(row, "approve", by=world.office, issued_on=early, approved_by="")
    row = ASSIGNMENT.take(row, "approve", by=world.office, issued_on=TODAY(), approved_by="")
    client, page = sign_in(world.desk), reverse("unit_letter_issue", args=[row.pk])
    for day in (early, late):
        answer = client.post(page, {"issued_on": day.isoformat()})
        assert answer.status_code == 200
        assert f"{TODAY().month}月{TODAY().day}日" in text(answer)
        with pytest.raises(Refused):
            letters.issue_letter(Reply.objects.get(), day, by=world.desk)
    assert client.post(page, {"issued_on": TODAY().isoformat()}).status_code == 302
    assert Reply.objects.get().document.number_text


# Talks that never were.


def talk(world, row):
    return handling.note_contact(
        row, world.lead, {"way": "phone", "on": TODAY(), "text": "电话沟通管网走向。"}, by=world.desk
    )


def test_a_delegate_denies_a_talk_and_it_does_not_count(world, sign_in):
    row = world.working()
    contact = talk(world, row)
    assert owed(world.user, "contact_noted").count() == 1
    paper = world.answered(row)
    client, page = sign_in(world.user), reverse("my_proposal", args=[paper.pk])
    answer = reverse("contact_answer", args=[paper.pk, contact.pk])
    assert answer in text(client.get(page))
    too_long = "没有" * 101
    kept = client.post(answer, {"was_so": "no", "remark": too_long})
    assert kept.status_code == 200
    assert too_long in text(kept)
    for _click in range(2):
        assert client.post(answer, {"was_so": "no", "remark": "那天我在外地。"}).status_code == 302
    contact = fresh(contact)
    assert contact.denied_at
    assert contact.delegate_note == "那天我在外地。"
    denied = owed(None, "contact_denied")
    assert denied.filter(recipient=world.desk).count() == denied.filter(recipient=world.office).count() == 1
    assert "那天我在外地。" in text(sign_in(world.desk).get(reverse("unit_assignment", args=[row.pk])))
    assert "那天我在外地。" in text(
        sign_in(world.office).get(reverse("admin:proposals_proposal_change", args=[paper.pk]))
    )
    rows = assessment.due_in(world.office, world.congress.organization, fresh(row).due_on.year)
    assert [tally["contacted"] for tally in statistics.by_unit(world.office, rows, TODAY())] == [0]
    client.post(answer, {"was_so": "yes", "remark": ""})
    assert [tally["contacted"] for tally in statistics.by_unit(world.office, rows, TODAY())] == [1]


def test_a_talk_is_answered_by_its_delegate_alone(world, sign_in):
    contact = talk(world, world.working())
    with pytest.raises(PermissionDenied):
        handling.answer_contact(contact, False, by=world.desk)
    paper = contact.assignment.proposal_id
    assert sign_in(world.co_users[0]).get(reverse("contact_answer", args=[paper, contact.pk])).status_code == 404


def test_a_talk_that_was_denied_stays_so_when_the_unit_words_it_anew(world):
    row = world.working()
    handling.answer_contact(talk(world, row), False, by=world.user)
    handling.note_contact(row, world.lead, {"way": "phone", "on": TODAY(), "text": "再次电话。"}, by=world.desk)
    assert DelegateContact.objects.get().denied_at


# Texts that were cut.


@pytest.mark.parametrize(("name", "most"), [("action", 500), ("actor", 60), ("by_when", 40)])
def test_a_measure_that_is_too_long_is_named_and_nothing_is_cut(world, sign_in, name, most):
    paper, client = world.paper(), sign_in(world.user)
    sent = {
        "version": paper.version,
        "title": "关于管网的提议",
        "action": "新建管网",
        "actor": "住建局",
        "by_when": "年底",
    }
    answer = client.post(reverse("paper_save", args=[paper.pk]), sent | {name: "长" * (most + 1)})
    assert answer.status_code == 400
    assert str(most) in answer.json()["errors"]["measures"][0]
    page = client.post(reverse("paper_edit", args=[paper.pk]), sent | {name: "长" * (most + 1), "then": "stay"})
    assert "长" * (most + 1) in text(page)
    assert answer.json()["errors"]["measures"][0] in page.context["form"].errors["measures"]
    assert fresh(paper).title == paper.title
    with pytest.raises(Refused):
        writing.save(paper, {}, [{name: "长" * (most + 1)}], by=world.user, version=None)
    assert client.post(reverse("paper_save", args=[paper.pk]), sent | {name: "长" * most}).status_code == 200


def test_a_browser_does_not_cut_what_is_pasted(world, sign_in):
    page = text(sign_in(world.user).get(reverse("paper_edit", args=[world.paper().pk])))
    assert "maxlength" not in page.partition("data-paper")[2].partition("</form>")[0]
    rows = [{"action": f"措施{number}"} for number in range(21)]
    with pytest.raises(Refused, match="21"):
        writing.save(world.paper(), {}, rows, by=world.user, version=None)


# A second click of the office.


def test_the_same_said_twice_is_done_once_and_told_calmly(world, sign_in):
    paper = world.screening()
    clerk = sign_in(world.office)
    take = reverse("admin:proposals_proposal_take", args=[paper.pk, "reject"])
    said = {"reject_reason": "vague", "note": "内容空泛，没有具体措施。", "forwarded_to": ""}
    for _click in range(2):
        answer = clerk.post(take, said, follow=True)
        assert answer.redirect_chain
    words = [str(one) for one in answer.context["messages"]]
    assert world.office.display_name in words[-1]
    assert JournalEntry.objects.filter(verb="reject").count() == 1
    assert owed(world.user, "decided").count() == 1


def test_other_words_the_second_time_are_no_echo_and_are_kept_on_the_page(world, sign_in):
    paper = world.screening()
    clerk, colleague = sign_in(world.office), sign_in(world.reader)
    take = reverse("admin:proposals_proposal_take", args=[paper.pk, "reject"])
    said = {"reject_reason": "vague", "note": "内容空泛，没有具体措施。", "forwarded_to": ""}
    clerk.post(take, said)
    answer = clerk.post(take, said | {"note": "已有同类提案。"})
    assert answer.status_code == 200
    assert "已有同类提案。" in text(answer)
    assert "内容空泛，没有具体措施”" in text(answer)  # what was decided
    assert world.office.display_name in text(answer)
    assert colleague.post(take, said).status_code == 200  # another's click is no echo
    assert fresh(paper).decision_note == "内容空泛，没有具体措施。"


def test_a_second_click_is_known_where_the_form_itself_does_not_fit_any_more(world, sign_in):
    row = objected(world, world.assigned().assignments.get(), world.desk, world.other)
    take = reverse("admin:proposals_assignment_take", args=[row.pk, "approve_return"])
    clerk = sign_in(world.office)
    for _click in range(2):
        assert clerk.post(take, {"new_unit": world.other.pk, "answer": "同意。"}).status_code == 302
    assert Assignment.objects.filter(unit=world.other).count() == 1
    answer = clerk.post(take, {"new_unit": world.other.pk, "answer": "不同意。"})
    assert answer.status_code == 200
    assert "不同意。" in text(answer)


def test_a_step_that_leads_back_to_itself_is_not_taken_twice(world):
    person = Mandate.objects.get(pk=world.co[0].pk)
    said = {"decided_on": date(2026, 11, 2), "basis": "", "decider": "党委", "note": "多次缺席。", "reason": "idle"}
    for _click in range(2):
        MANDATE.take(person, "persuade", by=world.office, **said)
    assert person.changes.filter(verb="persuade").count() == 1
    MANDATE.take(person, "persuade", by=world.office, **(said | {"note": "再次劝辞。"}))
    assert person.changes.filter(verb="persuade").count() == 2


# Through the API.


def test_a_key_that_no_column_takes_is_a_bad_request(world, sign_in):
    client = sign_in(world.user)
    for key in ("a\x00b", "\x00", "a\tb"):
        answer = client.post(
            "/api/v1/proposals/", {}, content_type="application/json", headers={"Idempotency-Key": key}
        )
        assert answer.status_code == 400
        assert answer["Content-Type"].startswith("application/problem+json")
