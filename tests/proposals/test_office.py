"""The office's pages: a paper form typed off, screened, planned, handed out, followed up; and the week's digest."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from congress.models import Notice, OfficialDocument, Role
from proposals.models import Assignment, Feedback, Proposal, SupervisionMeeting, SupervisionStep
from proposals.services import digest
from proposals.workflows import ASSIGNMENT, PROPOSAL
from tests import factories
from tests.proposals.world import make_world

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def clerk(world, sign_in):
    return sign_in(world.office)


def page(name, *args):
    return reverse(f"admin:proposals_{name}", args=args)


def scan():
    return SimpleUploadedFile("提案表.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n", "application/pdf")


def typed(world, **facts):
    category = world.paper().category_id
    return {
        "congress": world.congress.pk, "kind": "motion", "lead": "王文", "co_signers": "李四、赵六",
        "title": "关于完善场镇排污管网的提议", "category": category, "scope": "overall",
        "grounds": "场镇老街三百二十户居民的生活污水直排河道，夏季异味严重，群众连续三年向镇里反映，至今没有解决。",
        "root_cause": "老街管网权属不清，没有单位承担改造责任，资金也没有渠道。",
        "measures": "新建场镇污水管网三公里｜区住房和城乡建设局｜2027年6月底前", "evidence": "走访", "register": "on",
        "scan": scan(),
    } | facts  # fmt: skip


def test_a_paper_form_is_typed_off_and_registered_with_its_signers(world, clerk):
    answer = clerk.post(page("enter"), typed(world))
    assert answer.status_code == 302, answer.content.decode()[:3000]
    made = Proposal.objects.get(entered_by=world.office)
    assert (made.state, made.number_text) == (
        "registered",
        "2026年第001号" if TODAY().year == 2026 else made.number_text,
    )
    assert sorted(str(one) for one in made.signatures.filter(state="signed")) == ["李四", "王文", "赵六"]
    assert made.scan is not None
    assert "提案表.pdf" in str(made.scan)
    assert clerk.post(page("enter"), typed(world)).status_code == 302
    assert Proposal.objects.filter(entered_by=world.office).count() == 1, "a second click"


def test_what_is_incomplete_stays_a_draft_and_what_is_wrong_is_told_with_the_text_kept(world, clerk):
    answer = clerk.post(page("enter"), typed(world, measures="", root_cause=""))
    assert answer.status_code == 302
    assert Proposal.objects.get(entered_by=world.office).state == "draft"
    factories.make_mandate(world.congress, "王文", group="二组")
    said = clerk.post(page("enter"), typed(world, co_signers="李四、无此人")).content.decode()
    assert "无此人" in said
    assert "群众连续三年向镇里反映" in said
    assert "王文（一组）" in said, "two of one name: the group tells them apart"
    assert Proposal.objects.filter(entered_by=world.office).count() == 1


def test_a_paper_is_screened_planned_and_handed_out_by_its_pages(world, clerk, sign_in):
    proposal = PROPOSAL.take(world.submitted(), "screen", by=world.office)
    assert clerk.post(page("opinion", proposal.pk), {"outcome": "reject", "text": ""}).status_code == 200
    for client in (clerk, sign_in(world.reader)):
        assert client.post(page("opinion", proposal.pk), {"outcome": "file", "text": ""}).status_code == 302
    assert clerk.post(page("proposal_take", proposal.pk, "file"), {"note": "同意立案。"}).status_code == 302
    assert clerk.post(page("proposal_take", proposal.pk, "plan")).status_code == 302
    plan = {f"role_{place}": "assist" for place in range(5)} | {"opinion": "请认真办理"}
    twice = plan | {"role_0": "lead", "unit_0": world.unit.pk, "unit_1": world.unit.pk}
    assert "选了两次" in clerk.post(page("plan-units", proposal.pk), twice).content.decode()
    right = plan | {"role_0": "lead", "unit_0": world.unit.pk, "unit_1": world.other.pk}
    assert clerk.post(page("proposal_take", proposal.pk, "plan")).status_code == 302, "a second click"
    stale = right | {"seen": Proposal.objects.get().version, "task_0": "改造老街管网"}
    assert clerk.post(page("plan-units", proposal.pk), right).status_code == 302
    told = clerk.post(page("plan-units", proposal.pk), stale)
    assert "已有人拟定承办" in told.content.decode()
    assert "改造老街管网" in told.content.decode()
    again = stale | {"seen": told.context["form"]["seen"].value()}
    assert clerk.post(page("plan-units", proposal.pk), again).status_code == 302
    assert Assignment.objects.get(role="lead").task == "改造老街管网"
    listed = clerk.get(page("handover")).content.decode()
    assert world.unit.name in listed
    assert world.other.name in listed
    clerk.post(page("handover"), {"paper": [proposal.pk]})
    clerk.post(page("handover"), {"paper": [proposal.pk]})  # a second click
    assert sorted(Assignment.objects.values_list("state", flat=True)) == ["pending_sign", "pending_sign"]
    shown = clerk.get(page("proposal_change", proposal.pk)).content.decode()
    for text in ("群众连续三年向镇里反映", world.unit.name, "待签收", "新建场镇污水管网三公里"):
        assert text in shown


def test_the_board_shows_columns_and_lets_a_card_go_only_where_the_table_leads(world, clerk):
    filed = PROPOSAL.take(world.screening(), "file", by=world.office)
    late = world.assigned(title="关于硬化通组道路的提议")
    read = world.screening(title="关于增设公交候车亭的提议")
    Assignment.objects.update(due_on=TODAY() - timedelta(days=3))
    Proposal.objects.filter(pk=late.pk).update(due_on=TODAY() - timedelta(days=3))
    shown = clerk.get(page("board")).content.decode()
    assert "关于硬化通组道路的提议" in shown
    assert 'class="lo-paper red"' in shown
    assert f'data-to-plan="/admin/proposals/proposal/{read.pk}/take/file/"' in shown, "screened, it can be filed"
    assert f"/admin/proposals/proposal/{late.pk}/take/" not in shown, "with a unit it moves by the unit's reply alone"
    assert f"/admin/proposals/proposal/{filed.pk}/take/plan/" not in shown, "the plan stays in its own column"


def test_steps_of_supervision_meetings_and_a_signed_form_are_recorded(world, clerk):
    proposal = world.assigned()
    row = proposal.assignments.get()
    Assignment.objects.filter(pk=row.pk).update(due_on=TODAY() - timedelta(days=9))
    assert world.unit.name in clerk.get(page("late")).content.decode()
    said = {"kind": "phone", "assignment": row.pk, "on": str(TODAY()), "said": "答复下周报送。"}
    assert clerk.post(page("supervise", proposal.pk), said).status_code == 302
    wrong = said | {"next_on": str(TODAY() - timedelta(days=1))}
    assert "不能早于本次日期" in clerk.post(page("supervise", proposal.pk), wrong).content.decode()
    meeting = SupervisionMeeting.objects.create(
        organization=world.congress.organization, held_on=TODAY(), place="三楼会议室", chair="李明"
    )
    minutes = {f"said_{row.pk}": "月底前答复代表。", f"next_{row.pk}": str(TODAY() + timedelta(days=14))}
    for _click in range(2):
        assert clerk.post(page("meeting_papers", meeting.pk), minutes).status_code == 302
    assert [step.kind for step in SupervisionStep.objects.order_by("pk")] == ["phone", "meeting"]
    assert "月底前答复代表" in clerk.get(page("supervisionmeeting_change", meeting.pk)).content.decode()
    answered = world.answered(world.begin(row, world.desk))
    form = {"mandate": world.lead.pk, "attitude": "satisfied", "result": "fairly", "text": "", "scan": scan()}
    assert clerk.post(page("feedback", answered.pk), form).status_code == 302
    assert Feedback.objects.get().entered_by == world.office
    assert Proposal.objects.get(pk=answered.pk).state == "closed"


def test_a_paper_is_opened_to_the_public_only_once_it_is_filed(world, clerk):
    proposal = world.screening()
    clerk.post(page("publish", proposal.pk), {"public": "1"})
    assert not Proposal.objects.get().is_public
    PROPOSAL.take(proposal, "file", by=world.office)
    clerk.post(page("publish", proposal.pk), {"public": "1"})
    assert Proposal.objects.get().is_public
    assert clerk.get(page("publish", proposal.pk)).status_code == 404


def test_the_decision_of_the_screening_is_drafted_as_a_letter_once_there_is_one(world, clerk):
    proposal = world.screening()
    clerk.post(page("decision", proposal.pk))
    assert not OfficialDocument.objects.filter(kind="screening-notice").exists()
    PROPOSAL.take(proposal, "to_advice", by=world.office, note="属于日常工作建议，转有关单位参考。")
    assert clerk.post(page("decision", proposal.pk)).status_code == 302
    letter = OfficialDocument.objects.get(kind="screening-notice")
    assert "属于日常工作建议" in letter.body
    assert "转为意见建议" in letter.body


def test_the_neighbours_office_has_none_of_these_pages(world, sign_in):
    proposal = world.planning()
    neighbour = sign_in(factories.make_user(Role.TOWNSHIP, factories.make_township(name="凤台镇")))
    for name in ("opinion", "plan-units", "supervise", "feedback", "result", "proposal_change"):
        assert neighbour.get(page(name, proposal.pk)).status_code == 404, name
    assert neighbour.post(page("publish", proposal.pk)).status_code == 404
    assert (
        "排污管网"
        not in neighbour.get(page("board")).content.decode() + neighbour.get(page("handover")).content.decode()
    )


def test_the_weeks_digest_comes_once_a_week_even_if_a_night_was_missed(world, time_machine_at):
    late = world.assigned()
    Assignment.objects.update(due_on=date(2026, 9, 1))
    for day in ("2026-11-30", "2026-12-01", "2026-12-02"):
        with time_machine_at(day):
            digest.weekly()
    found = Notice.objects.filter(key__startswith="digest:", recipient=world.office)
    assert found.count() == 1
    assert late.title in found.get().body
    with time_machine_at("2026-12-09"):  # the Monday was missed
        digest.weekly()
    assert found.count() == 2


@pytest.fixture
def time_machine_at():
    import time_machine

    return lambda day: time_machine.travel(f"{day}T01:00:00+08:00", tick=False)


def test_every_page_of_the_office_leads_back_to_the_dashboard_and_the_paper(world, clerk):
    planned = world.planning()
    own = page("proposal_change", planned.pk)
    for address in (
        page("plan-units", planned.pk),
        page("supervise", planned.pk),
        page("proposal_take", planned.pk, "assign"),
    ):
        way = crumbs(clerk.get(address))
        assert f'href="{reverse("admin:index")}"' in way
        assert f'href="{own}"' in way, address
    for name in ("board", "late", "handover", "enter"):
        way = crumbs(clerk.get(page(name)))
        assert f'href="{reverse("admin:index")}"' in way, name
        assert f'href="{page("proposal_changelist")}"' in way, name
    part = page("assignment_change", planned.assignments.get().pk)
    assert f'href="{own}"' in crumbs(clerk.get(part))
    assert "lo-crumbs" not in clerk.get(reverse("admin:index")).content.decode()


def crumbs(answer):
    text = answer.content.decode()
    start = text.index('class="lo-crumbs"')
    return text[start : text.index("</nav>", start)]


def test_who_refuses_a_withdrawal_reads_why_it_was_asked_and_keeps_what_he_typed(world, clerk):
    proposal = world.submitted()
    Proposal.objects.filter(pk=proposal.pk).update(withdrawal_reason="镇里已经安排资金解决。")
    keep = page("keep", proposal.pk)
    assert "镇里已经安排资金解决。" in clerk.get(keep).content.decode()
    assert "不行" in clerk.post(keep, {"note": "不行"}).content.decode(), "too short, and kept"
    assert clerk.post(keep, {"note": "涉及多个村，仍需统一研究办理。"}).status_code == 302
    assert Proposal.objects.get().withdrawal_reason == ""


def test_who_answers_a_units_request_reads_it_on_the_page(world, clerk):
    row = world.begin(world.assigned().assignments.get(), world.desk)
    until = row.due_on + timedelta(days=30)
    ASSIGNMENT.take(row, "ask_extension", by=world.desk, asked_until=until, reason="需等待上级专项资金下达。")
    for verb in ("grant", "refuse"):
        shown = clerk.get(page("assignment_take", row.pk, verb)).content.decode()
        assert shown.count("需等待上级专项资金下达。") == 1
        assert f"{until.year}年{until.month}月{until.day}日" in shown
