"""The handling unit's desk: who reaches what, every step by hand, and nothing typed lost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from congress.models import DueTime, JournalEntry, Notice, Role
from congress.services import reminders
from proposals.models import Assignment, AssignmentRequest, DelegateContact, Inquiry, ProgressNote, Undertaking
from proposals.services import desk, handling
from proposals.services.lights import light
from proposals.workflows import ASSIGNMENT, INQUIRY, UNDERTAKING
from tests import factories
from tests.proposals.world import PROMISE, REPLY, STARTED, make_world

pytestmark = pytest.mark.django_db
SAID = REPLY | STARTED | {"promise_due_on": ""}  # more than any page asks
LIMIT = 15


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def clerk(world, sign_in):
    return sign_in(world.desk)


def both(world):
    return [(world.unit, "lead", "方案"), (world.other, "assist", "资金")]


def own(world, proposal):
    return proposal.assignments.get(unit=world.unit)


def step(row, verb):
    return reverse("unit_step", args=[row.pk, verb])


def page(row):
    return reverse("unit_assignment", args=[row.pk])


def text(answer):
    return answer.content.decode()


def fresh(row):
    return Assignment.objects.get(pk=row.pk)


def promised(world):
    due = timezone.localdate() + timedelta(days=100)
    world.answered(reply_class="B", promise_due_on=due, **PROMISE)
    return Undertaking.objects.get()


def inquired(world):
    inquiry = Inquiry.objects.create(
        congress=world.congress, kind="enquiry", lead=world.lead, target=world.unit, subject="危房改造进度",
        question="去年决议的二百户危房改造完成了多少？",
    )  # fmt: skip
    inquiry.askers.add(world.lead)
    INQUIRY.take(inquiry, "submit", by=world.user)
    INQUIRY.take(inquiry, "accept", by=world.office)
    return INQUIRY.take(inquiry, "deliver", by=world.office)


# Who reaches what


def addresses(world):
    """Every page of one paper, one promise and one inquiry of the unit's."""
    promise, inquiry = promised(world), inquired(world)
    row = promise.proposal.assignments.get()
    names = ["assignment", "progress", "contact", "person", "letter", "letter_issue", "letter_word", "letter_scan"]
    pages = [reverse(f"unit_{name}", args=[row.pk]) for name in names]
    pages += [step(row, verb) for verb in desk.VERBS]
    pages += [reverse("unit_promise", args=[promise.pk]), reverse("unit_inquiry", args=[inquiry.pk])]
    return [*pages, *(reverse("unit_inquiry_step", args=[inquiry.pk, verb]) for verb in ("answer", "answer_again"))]


LISTS = ["unit_home", "unit_promises", "unit_inquiries"]


def test_nobody_but_the_unit_reaches_its_pages(world, sign_in):
    pages = addresses(world)
    stranger = factories.make_user(Role.UNIT, factories.make_unit("区水务局"))
    contact = factories.make_user(Role.UNIT)  # of an electing unit: no desk
    before = JournalEntry.objects.count()
    for user in (world.other_desk, stranger, contact, world.user, world.office):
        client = sign_in(user)
        for address in pages:
            assert client.get(address).status_code == 404, (user, address)
            assert client.post(address, SAID).status_code in {404, 405}, (user, address)
    for address in [*pages, *map(reverse, LISTS)]:
        assert Client().get(address).url.startswith("/login/"), address
        assert Client().post(address).url.startswith("/login/"), address
    for name in [*LISTS, "unit_sign"]:
        assert sign_in(world.user).get(reverse(name)).status_code == 404, name
        assert sign_in(world.office).post(reverse(name)).status_code == 404, name
    assert JournalEntry.objects.count() == before
    for address in pages:
        assert sign_in(world.desk).get(address).status_code in {200, 302}, address


def test_a_unit_with_a_part_in_the_same_paper_sees_its_own_part_alone(world, sign_in):
    proposal = world.assigned(both(world))
    mine, theirs = own(world, proposal), proposal.assignments.get(unit=world.other)
    other = sign_in(world.other_desk)
    assert "区住房和城乡建设局" in text(other.get(page(theirs)))
    assert other.get(page(mine)).status_code == 404
    assert other.post(step(mine, "sign_for")).status_code == 404
    assert fresh(mine).state == "pending_sign"


def test_the_offices_steps_have_no_page_here(world, clerk):
    row = world.reviewed()
    for verb in ("approve", "bounce", "grant", "refuse", "approve_return", "give", "call_off", "reopen", "nonsense"):
        assert clerk.get(step(row, verb)).status_code == 404, verb
        assert clerk.post(step(row, verb), {"issued_on": timezone.localdate()}).status_code == 404, verb
    assert fresh(row).state == "in_review"


def test_what_was_given_to_another_unit_is_gone_and_its_message_leads_to_the_desk(world, clerk):
    row = own(world, world.assigned())
    ASSIGNMENT.take(row, "object", by=world.desk, reason="管网资金由财政安排。", proper_unit=world.other)
    ASSIGNMENT.take(row, "approve_return", by=world.office, new_unit=world.other, answer="同意。")
    assert clerk.get(page(row)).status_code == 404
    assert Notice.objects.filter(recipient=world.desk).order_by("-pk").first().link == reverse("unit_home")
    assert clerk.get(reverse("unit_home")).context["rows"] == []


def test_a_reminder_leads_the_desk_to_its_page(world, clerk):
    row = world.working()
    reminders.run(timezone.now() + timedelta(days=100))
    told = Notice.objects.filter(recipient=world.desk, key__startswith="due:").first()
    assert told.link == page(row)
    assert clerk.get(told.link).status_code == 200


# The list


def test_a_light_turns_yellow_fifteen_days_before_and_red_the_day_after():
    today = timezone.localdate()
    days = {-1: "red", 0: "yellow", 15: "yellow", 16: "green"}
    assert {left: light(today + timedelta(days=left), today) for left in days} == days
    assert light(None, today) == ""


def test_each_number_on_top_is_the_number_of_papers_behind_it(world, clerk):
    today = timezone.localdate()
    world.assigned(title="关于甲的提议一二三")
    for left in (-4, 0, 15, 16):
        row = world.working(title=f"关于第{left}天到期的提议")
        Assignment.objects.filter(pk=row.pk).update(due_on=today + timedelta(days=left))
    late = world.reviewed(world.working(title="关于正在审核中的提议"))
    Assignment.objects.filter(pk=late.pk).update(due_on=today - timedelta(days=9))
    world.answered(world.working(title="关于已经办完了的提议"))
    world.assigned([(world.other, "lead", "")], title="关于别家单位办理的提议")
    shown = clerk.get(reverse("unit_home")).context["counts"]
    assert shown == {"open": 6, "sign": 1, "work": 4, "soon": 2, "late": 1, "office": 1, "done": 1}
    for name, count in shown.items():
        answer = clerk.get(reverse("unit_home"), {"show": name})
        assert len(answer.context["rows"]) == count, name
        assert "关于别家单位办理的提议" not in text(answer)
    first = [row.left for row in clerk.get(reverse("unit_home")).context["rows"]]
    assert first[0] == -4, "the most urgent comes first"
    assert first[-1] == -9, "what waits for the office comes last"


def test_papers_are_found_by_subject_number_and_role(world, clerk):
    world.assigned(title="关于村内路灯维修的提议")
    world.assigned([(world.other, "lead", ""), (world.unit, "assist", "")], title="关于镇卫生院扩建的提议")

    def found(**asked):
        return [row.proposal.title for row in clerk.get(reverse("unit_home"), asked).context["rows"]]

    assert found(q="路灯") == ["关于村内路灯维修的提议"]
    assert found(q="第002号") == ["关于镇卫生院扩建的提议"]
    assert found(role="assist") == ["关于镇卫生院扩建的提议"]
    assert found(q="没有这样的件") == []
    assert len(found(show="nonsense", role="nobody")) == 2


def test_a_page_asks_the_same_of_the_database_for_one_paper_and_for_twenty_five(world, clerk):
    counts, made = {}, 0
    clerk.get(reverse("unit_home"))  # the session's first page writes when it began
    for size in (1, 3, 25):
        while made < size:
            made += 1
            world.assigned(title=f"关于第{made}个问题的提议")
        with CaptureQueriesContext(connection) as asked:
            assert len(clerk.get(reverse("unit_home")).context["rows"]) == size
        counts[size] = len(asked)
    assert len(set(counts.values())) == 1, counts
    assert counts[25] <= LIMIT, [query["sql"][:90] for query in asked]


def test_the_page_of_a_paper_asks_the_same_however_much_was_noted(world, clerk):
    row, counts, made = world.working(both(world)), {}, 0
    clerk.get(reverse("unit_home"))
    for size in (1, 3, 25):
        while made < size:
            handling.note_progress(row, f"第{made}次进展", by=world.desk)
            day = timezone.localdate() - timedelta(days=made)
            DelegateContact.objects.create(assignment=row, mandate=world.lead, way="phone", on=day, text="沟通")
            made += 1
        with CaptureQueriesContext(connection) as asked:
            assert clerk.get(page(row)).status_code == 200
        counts[size] = len(asked)
    assert len(set(counts.values())) == 1, counts


# Every step


def test_several_papers_are_signed_for_at_once_and_one_by_its_button(world, clerk):
    rows = [own(world, world.assigned(title=f"关于第{number}件的提议")) for number in range(3)]
    address = reverse("unit_sign")
    assert clerk.post(address).status_code == 302
    assert {fresh(row).state for row in rows} == {"pending_sign"}, "nothing was ticked"
    clerk.post(address, {"one": rows[0].pk, "pk": [rows[1].pk]})
    assert [fresh(row).state for row in rows] == ["signed", "pending_sign", "pending_sign"]
    clerk.get(reverse("unit_home"))  # what was told so far is read
    answer = clerk.post(address, {"pk": [row.pk for row in rows], "list": "show=sign"}, follow=True)
    assert answer.redirect_chain[0][0] == f"{reverse('unit_home')}?show=sign"
    assert {fresh(row).state for row in rows} == {"signed"}
    told = [str(message) for message in answer.context["messages"]]
    assert len(told) == 2, "two are signed for, and of one it is said that it was before"
    theirs = world.assigned([(world.other, "lead", "")], title="关于别家单位办理的提议").assignments.get()
    late = own(world, world.assigned(title="关于最后一件的提议"))
    assert clerk.post(address, {"pk": [theirs.pk]}).status_code == 404
    assert clerk.post(address, {"pk": ["x"]}).status_code == 404
    assert clerk.post(address, {"pk": [late.pk, theirs.pk]}).status_code == 302
    assert [fresh(row).state for row in (late, theirs)] == ["signed", "pending_sign"]


def test_a_unit_goes_through_all_its_steps_and_a_second_click_does_nothing(world, clerk, sign_in):
    proposal = world.assigned(both(world))
    row, helper = own(world, proposal), proposal.assignments.get(unit=world.other)
    other = sign_in(world.other_desk)
    day = timezone.localdate()

    def twice(client, target, verb, state, **said):
        before = JournalEntry.objects.filter(verb=verb).count()
        for _click in range(2):
            answer = client.post(step(target, verb), said)
            assert answer.status_code == 302, (verb, answer.context and answer.context["form"].errors)
            assert answer.url.startswith(page(target))
        assert fresh(target).state == state
        assert JournalEntry.objects.filter(verb=verb).count() == before + 1, verb

    twice(clerk, row, "sign_for", "signed")
    twice(clerk, row, "start", "working", **STARTED)
    twice(clerk, row, "ask_extension", "extension_asked", reason="水文勘察受汛期影响，需要延期。",
          asked_until=fresh(row).due_on + timedelta(days=20))  # fmt: skip
    asked = AssignmentRequest.objects.get()
    ASSIGNMENT.take(fresh(row), "grant", by=world.office, granted_until=asked.asked_until, answer="同意。")
    shown = text(clerk.get(page(row)))
    assert f"{asked.asked_until:%Y}年{asked.asked_until.month}月{asked.asked_until.day}日" in shown
    assert clerk.get(step(row, "ask_extension")).status_code == 302, "more time is given once"
    assert clerk.get(step(row, "collect")).status_code == 302, "the other unit is still to be heard"
    twice(other, helper, "sign_for", "signed")
    twice(other, helper, "start", "working", **STARTED)
    twice(other, helper, "give_opinion", "opinion_given", opinion="财政已预留管网改造资金三百万元。")
    assert "财政已预留管网改造资金三百万元。" in text(clerk.get(page(row)))
    twice(clerk, row, "collect", "opinions_collected")
    clerk.post(step(row, "draft"), REPLY | {"promise_due_on": "", "version": 0})
    assert fresh(row).state == "drafted"
    twice(clerk, row, "submit_reply", "in_review")
    ASSIGNMENT.take(fresh(row), "bounce", by=world.office, note="请写明完工日期。")
    shown = clerk.get(page(row))
    assert "请写明完工日期。" in text(shown)
    assert shown.context["primary"][0].verb == "draft", "it is changed first"
    assert "请写明完工日期。" in text(clerk.get(step(row, "draft")))
    changed = REPLY | {"promise_due_on": "", "version": 1, "text": REPLY["text"] + "十一月二十日完工。"}
    clerk.post(step(row, "draft"), changed)
    assert clerk.get(page(row)).context["primary"][0].verb == "submit_reply"
    clerk.post(step(row, "submit_reply"))
    ASSIGNMENT.take(fresh(row), "approve", by=world.office, issued_on=day)
    assert "十一月二十日完工。" in text(clerk.get(page(row)))


def test_an_objection_names_the_proper_unit_and_signs_for_the_paper(world, clerk):
    row = own(world, world.assigned())
    reason = "管网改造资金由财政部门统筹安排。"
    answer = clerk.post(step(row, "object"), {"reason": reason})
    assert answer.status_code == 200
    assert reason in text(answer)
    assert fresh(row).state == "pending_sign"
    for _click in range(2):
        clerk.post(step(row, "object"), {"reason": reason, "proper_unit": world.other.pk})
    assert AssignmentRequest.objects.count() == 1
    row = ASSIGNMENT.take(fresh(row), "refuse_return", by=world.office, answer="管网建设是贵局职责。")
    assert (row.state, bool(row.signed_at)) == ("signed", True)
    assert not DueTime.objects.filter(kind="assignment_sign", closed_at=None).exists(), "nothing is left to sign for"
    assert "管网建设是贵局职责。" in text(clerk.get(page(row)))
    assert clerk.get(step(row, "object")).status_code == 302, "it was decided"


# What is noted beside


def test_progress_talks_and_the_person_in_charge_are_noted_once(world, clerk):
    row = world.working()
    note = reverse("unit_progress", args=[row.pk])
    for _click in range(2):
        assert clerk.post(note, {"text": "已现场踏勘三次，方案在测算。"}).status_code == 302
    clerk.post(note, {"text": "资金未落实，请协调。", "is_internal": "on"})
    assert ProgressNote.objects.filter(text__startswith="已现场").count() == 1
    assert [note.is_internal for note in ProgressNote.objects.filter(text__startswith="资金")] == [True]
    told = Notice.objects.filter(recipient=world.user)
    assert told.filter(body__contains="已现场踏勘").count() == 1
    assert not told.filter(body__contains="资金未落实").exists()
    talk = {"mandate": world.lead.pk, "way": "visit", "on": timezone.localdate(), "text": "上门听取意见。"}
    for _click in range(2):
        assert clerk.post(reverse("unit_contact", args=[row.pk]), talk).status_code == 302
    assert DelegateContact.objects.count() == 1
    for wrong in ({"mandate": world.co[0].pk}, {"on": timezone.localdate() + timedelta(days=1)}, {"text": ""},
                  {"on": timezone.localdate() - timedelta(days=1)}):  # fmt: skip
        answer = clerk.post(
            reverse("unit_contact", args=[row.pk]), talk | {"way": "phone", "text": "第二次沟通"} | wrong
        )
        assert answer.status_code == 200, wrong
        assert answer.context["form"].errors
    person = {"handler_name": "钱程", "handler_phone": "0816-5551234"}
    assert clerk.post(reverse("unit_person", args=[row.pk]), person).status_code == 302
    shown = text(clerk.get(page(row)))
    for said in ("钱程", "0816-5551234", "上门听取意见。", "资金未落实，请协调。"):
        assert said in shown, said


def test_nothing_of_a_delegates_numbers_is_shown(world, clerk):
    world.lead.person.put_sealed("phone", "13800001234")
    world.lead.person.save()
    row = world.working()
    for address in (page(row), reverse("unit_contact", args=[row.pk]), step(row, "draft")):
        assert "1380" not in text(clerk.get(address)), address


def test_a_doubted_promise_comes_back_to_the_desk(world, clerk):
    promise = promised(world)
    kept = {"done_on": timezone.localdate(), "evidence": "二期管网已竣工验收，报告附后。"}
    for _click in range(2):
        assert clerk.post(reverse("unit_promise", args=[promise.pk]), kept).status_code == 302
    assert JournalEntry.objects.filter(verb="keep").count() == 1
    UNDERTAKING.take(Undertaking.objects.get(), "doubt", by=world.user, note="北段还没有通水。")
    assert Notice.objects.filter(recipient=world.desk, body="北段还没有通水。").exists()
    shown = text(clerk.get(reverse("unit_promises")))
    assert "北段还没有通水。" in shown
    assert reverse("unit_promise", args=[promise.pk]) in shown
