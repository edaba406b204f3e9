"""The printed reports on papers: rows against what was counted by hand, totals, isolation, constant queries."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader

from congress.kernel.reports import ReportRefused, report_class
from congress.models import Role
from proposals.models import Assignment, Inquiry, Proposal, ProposalResult, Scope
from proposals.services import handling, statistics
from proposals.workflows import INQUIRY, PROPOSAL
from tests import factories
from tests.proposals.world import PROMISE, make_world

pytestmark = pytest.mark.django_db
LISTS = [
    "p13-proposals", "p14-screening", "p15-progress", "p16-overdue", "p17-satisfaction", "p18-handling-report",
    "p26-inquiries", "d05-unit-assessment",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _friday():
    with time_machine.travel("2026-11-20T09:00:00+08:00", tick=False):
        yield


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def year(world):
    """Seven papers, one for each thing that may become of a paper; two units."""
    satisfied = world.answered(world.working(title="关于硬化通组道路的提议"))
    handling.give_feedback(satisfied, world.lead, attitude="satisfied", result="fairly", by=world.user)
    unhappy = world.answered(world.working(title="关于增设公交候车亭的提议"), reply_class="C")
    handling.give_feedback(
        unhappy, world.lead, attitude="satisfied", result="dissatisfied", text="没有说什么时候。", by=world.user
    )
    tomorrow = timezone.localdate() + timedelta(days=200)
    world.answered(world.working(title="关于打造桃花节品牌的提议"), reply_class="B", promise_due_on=tomorrow, **PROMISE)
    late = world.working([(world.unit, "lead", ""), (world.other, "assist", "")], title="关于修缮灌溉渠系的提议")
    fall_due(late, days=9)
    rejected = world.screening(title="关于调换本村会计的提议", scope=Scope.REGION)
    PROPOSAL.take(rejected, "reject", by=world.office, note="由村民委员会处理。", reject_reason="single_unit")
    lead = Proposal.objects.get(title="关于修缮灌溉渠系的提议")
    merged = world.screening(title="关于疏通渠道的提议")
    PROPOSAL.take(merged, "merge", by=world.office, into=lead, note="内容相近。")
    world.submitted(title="关于健全联系群众制度的提议", is_party_building=True)
    world.paper(title="还没有写完的提议")
    return world


def fall_due(row, days):
    day = timezone.localdate() - timedelta(days=days)
    Assignment.objects.filter(pk=row.pk).update(due_on=day, original_due_on=day)
    Proposal.objects.filter(pk=row.proposal_id).update(due_on=day)


def made(key, user=None, **params):
    return report_class(key)(user, params)


def cells(section, *columns):
    """The cells of those columns by their titles, line by line."""
    titles = [column.title.replace("\n", "") for column in section.columns]
    places = [titles.index(column) for column in columns]
    return [[line[place] for place in places] for line in section.table]


def text_of(report):
    pdf = PdfReader(io.BytesIO(report.render("pdf")))
    return "".join(page.extract_text() for page in pdf.pages).replace("\n", "").replace(" ", "")


def test_the_ledger_has_a_line_for_each_paper_and_totals_by_kind(year):
    papers, kinds = made("p13-proposals").sections
    assert cells(papers, "编号", "审查结果", "主办单位", "协办单位", "答复类别", "代表评价", "现状") == [
        ["提议\n2026年第001号", "立案", "区住房和城乡建设局", "", "A", "基本满意", "已办结"],
        ["提议\n2026年第002号", "立案", "区住房和城乡建设局", "", "C", "不满意", "征询意见"],
        ["提议\n2026年第003号", "立案", "区住房和城乡建设局", "", "B", "", "征询意见"],
        ["提议\n2026年第004号", "立案", "区住房和城乡建设局", "区财政局", "", "", "超期"],
        ["提议\n2026年第005号", "不予立案", "", "", "", "", "不予立案"],
        ["提议\n2026年第006号", "并入提议2026年第004号", "", "", "", "", "已并案"],
        ["提议\n2026年第007号", "", "", "", "", "", "已登记"],
    ]
    assert papers.notes == ["合计7件：提议7件。"]
    shown = ("种类", "收到", "立案", "并案", "不予立案", "待审查", "已交办", "已答复", "已办结", "超期")
    assert cells(kinds, *shown) == [["提议", 7, 4, 1, 1, 1, 4, 3, 1, 1]]
    assert kinds.totals[2] == 7


def test_the_ledger_is_narrowed_by_kind_state_and_period(year):
    assert made("p13-proposals", state="closed").count == 2  # the paper and the line of its kind
    assert made("p13-proposals", kind="proposal").count == 0
    assert made("p13-proposals", period="2025").count == 0
    assert made("p13-proposals", period="2026-11").sections[0].notes == ["合计7件：提议7件。"]
    assert "无。" in made("p13-proposals", period="2025").html()


def test_progress_counts_what_each_unit_was_given_and_did(year):
    (section,) = made("p15-progress").sections
    shown = ("承办单位", "主办", "协办", "合计", "签收", "答复", "按期", "按期率%", "超期未办")
    lead, other = cells(section, *shown)
    assert [str(cell) for cell in lead] == ["区住房和城乡建设局", "4", "0", "4", "4", "3", "3", "75.0", "1"]
    assert [str(cell) for cell in other] == ["区财政局", "0", "1", "1", "0", "0", "0", "", "0"]
    assert cells(section, "A", "B", "C", "D")[0] == [1, 1, 1, 0]
    assert cells(section, "满意", "基本满意", "不满意")[0] == [0, 1, 1]
    assert [str(cell) for cell in section.totals[:7]] == ["", "合计", "4", "1", "0", "5", "4"]


def test_an_extension_counts_for_the_present_day_and_is_seen_in_the_first(world):
    world.answered()
    row = Assignment.objects.get()
    Assignment.objects.filter(pk=row.pk).update(original_due_on=timezone.localdate() - timedelta(days=3))
    assert cells(made("p15-progress").sections[0], "按期", "按原期限") == [[1, 0]]


def test_what_is_late_is_listed_with_its_days(year):
    (section,) = made("p16-overdue").sections
    assert cells(section, "编号", "承办单位", "方式", "超期天数", "目前环节", "催办次数") == [
        ["提议\n2026年第004号", "区住房和城乡建设局", "主办", 9, "办理中", 0]
    ]
    assert section.notes == ["合计1件，其中超期8—15天1件。"]


def test_satisfaction_is_of_those_who_answered(year):
    (section,) = made("p17-satisfaction").sections
    shown = ("承办单位", "已答复（件）", "发出", "收回", "未反馈", "满意率%", "满意和基本满意率%")
    assert [[str(cell) for cell in line] for line in cells(section, *shown)] == [
        ["区住房和城乡建设局", "3", "3", "2", "1", "0.0", "50.0"]
    ]


def test_a_second_handling_keeps_the_first_opinion_until_it_is_answered(year):
    unhappy = Proposal.objects.get(title="关于增设公交候车亭的提议")
    again = PROPOSAL.take(unhappy, "rehandle", by=year.office, note="请当面沟通。")
    assert cells(made("p17-satisfaction").sections[0], "收回", "不满意", "重新办理（件）") == [[2, 1, 1]]
    year.answered(again.assignments.get())
    assert cells(made("p17-satisfaction").sections[0], "收回", "不满意", "重新办理（件）") == [[1, 0, 1]]


def test_the_screening_is_reported_by_category_and_delegation_with_reasons(year):
    categories, bodies, changed = made("p14-screening").sections
    assert cells(categories, "类别", "收到", "立案", "不予立案", "待审查") == [["城建", 7, 4, 1, 1]]
    assert cells(bodies, "代表团", "收到") == [["未编入代表团", 7]]
    assert cells(changed, "编号", "审查结果", "理由") == [
        ["提议\n2026年第005号", "不予立案", "单个单位或者个人可以解决。由村民委员会处理。"],
        ["提议\n2026年第006号", "并入提议2026年第004号", "内容相近。"],
    ]
    text = text_of(made("p14-screening"))
    assert "已审查6件：立案4件，并案1件，不予立案1件。还有1件正在审查" in text
    assert "涉及党的建设的1件，占14.3%" in text
    assert "事关全局的6件，占85.7%" in text


def test_what_was_taken_as_advice_is_known_for_ever(world):
    paper = PROPOSAL.take(world.screening(), "to_advice", by=world.office, note="作为意见建议研究。")
    PROPOSAL.take(paper, "plan", by=world.office)
    assert statistics.figures(None)["filed"] == 0
    assert cells(made("p14-screening").sections[0], "立案", "转意见建议") == [[0, 1]]


def test_the_report_on_the_handling_speaks_in_the_figures_of_its_tables(year):
    proposal = Proposal.objects.get(title="关于硬化通组道路的提议")
    ProposalResult.objects.create(proposal=proposal, name="硬化道路", quantity=3, measure_word="公里")
    report = made("p18-handling-report", session="1")
    text = text_of(report)
    assert "中国共产党石桥镇第十五届代表大会第一次会议以来" in text
    assert "共收到提案提议7件，其中提议7件" in text
    assert "交办4件，交办率100.0%，由2个单位承办" in text
    assert "已答复3件，答复率75.0%；办结1件，办结率25.0%；按期办结率75.0%。超期未办结1件" in text
    assert "硬化道路3公里" in text
    assert "以上报告，请审议。" in text
    assert [section.heading.partition("　")[2] for section in report.sections] == [
        "提案提议分类情况", "各承办单位办理情况", "尚在落实的承诺事项", "超期未办结提案提议", "可量化的办理成果",
    ]  # fmt: skip


def test_promises_still_open_stand_in_the_report(year):
    report = made("p18-handling-report")
    promises = next(one for one in report.sections if "承诺" in one.heading)
    assert cells(promises, "承诺事项", "进展") == [["二〇二七年六月底前完成二期三公里管网", "落实中"]]


def test_enquiries_are_listed_with_askers_and_answer(world):
    factories.make_mandate(world.congress, "丁一")
    inquiry = Inquiry.objects.create(
        congress=world.congress, kind="enquiry", lead=world.lead, target=world.unit, subject="场镇管网何时完工",
        question="决议要求六月底前完工，现在进展如何？",
    )  # fmt: skip
    inquiry.askers.set([world.lead, *world.co[:2]])
    for verb, by in (("submit", world.user), ("accept", world.office), ("deliver", world.office)):
        inquiry = INQUIRY.take(inquiry, verb, by=by)
    (section,) = made("p26-inquiries").sections
    assert cells(section, "类别", "提出人", "询问、质询事项", "提出日期") == [
        ["询问", "王文、李四、赵六", "场镇管网何时完工", "2026.11.20"]
    ]
    assert section.notes == ["合计1件：询问1件、质询0件；已答复0件。"]


@pytest.mark.parametrize("key", LISTS)
def test_a_neighbour_sees_nothing_of_it(year, key):
    neighbour = factories.make_township(name="青江镇")
    factories.make_congress(neighbour)
    clerk = factories.make_user(Role.TOWNSHIP, neighbour)
    report = made(key, clerk)
    assert report.organization == neighbour
    assert not any(section.records for section in report.sections)
    with pytest.raises(ReportRefused):
        made(key, clerk, organization=year.congress.organization.code)


@pytest.mark.parametrize("key", LISTS)
def test_the_office_reads_what_the_console_reads(year, key):
    office, console = made(key, year.office), made(key)
    assert [section.table for section in office.sections] == [section.table for section in console.sections]
    assert office.render("html")
    book = load_workbook(io.BytesIO(office.render("xlsx")))
    assert len(book.worksheets) == len(office.sections)
    if office.count:
        first = book.worksheets[0]
        assert first.max_row >= 4 + len(office.sections[0].records)


@pytest.mark.parametrize("key", LISTS)
def test_more_papers_cost_no_more_queries(world, key, django_assert_max_num_queries):
    world.answered()
    with CaptureQueriesContext(connection) as few:
        made(key).html()
    for number in range(4):
        world.answered(world.working(title=f"关于建设第{number}条道路的提议"))
    with django_assert_max_num_queries(len(few)):
        made(key).html()
    assert len(few) <= 26
