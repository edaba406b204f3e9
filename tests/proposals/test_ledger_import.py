"""The ledger of papers: what each row becomes, what is refused and in which words, and that it is all or nothing."""

import io
from datetime import date
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone, translation
from openpyxl import Workbook

from congress.kernel.workbooks import read_workbook
from congress.models import Congress, DueTime, Session
from congress.services import imports
from delegates.models import Mandate
from delegates.services.roster import RosterImport
from proposals.kernel.ledgerrows import measures
from proposals.models import Category, NumberSeries, Precedent, Proposal, Signature
from proposals.services import handling, writing
from proposals.services.ledger_import import LedgerImport
from proposals.services.writing import digest
from proposals.workflows import PROPOSAL
from tests import factories

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parent.parent / "data"
HEADER = [
    "编号",
    "类型",
    "案由",
    "类别",
    "领衔代表",
    "身份证号",
    "联名代表",
    "情况和原因",
    "办法和建议",
    "提交日期",
    "是否会议期间",
]
ROW = {
    "编号": 7, "类型": "提议", "案由": "关于硬化通组道路的提议", "类别": "城建", "领衔代表": "王文",
    "联名代表": "李四、赵六",
    "情况和原因": "经走访发现，该问题长期未得到解决。", "办法和建议": "一、落实资金；二、年底前完工。",
    "提交日期": date(2026, 4, 7), "是否会议期间": "否",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def town():
    town = factories.make_township(name="石桥镇")
    congress = factories.make_congress(town)
    for name in ("王文", "李四", "赵六"):
        factories.make_mandate(congress, name)
    return town


def ledger(*rows):
    book = Workbook()
    book.active.append(HEADER)
    for row in rows:
        book.active.append([row.get(word) for word in HEADER])
    out = io.BytesIO()
    book.save(out)
    return read_workbook(out.getvalue())


def write(sheets, organization):
    return imports.write(LedgerImport(organization), organization, sheets).counts


def problems(sheets, organization):
    planned = LedgerImport(organization).plan(sheets)
    return [(cell.column, cell.after, cell.problem) for row in planned.rows for cell in row.cells if cell.problem]


def test_a_row_becomes_a_registered_paper_with_its_signers_and_measures(town):
    assert write(ledger(ROW), town)["created"] == 1
    proposal = Proposal.objects.get()
    assert (proposal.state, proposal.number_text, proposal.kind_word) == ("registered", "2026年第007号", "提议")
    assert [one.action for one in proposal.measures.all()] == ["落实资金", "年底前完工"]
    assert [str(one) for one in proposal.signatures.all()] == ["王文", "李四", "赵六"]
    assert NumberSeries.objects.get().last == 7
    assert Precedent.objects.get().title == proposal.title
    assert DueTime.objects.get().kind == "proposal_screening"


def test_the_same_ledger_again_changes_nothing_and_a_corrected_one_only_what_differs(town):
    write(ledger(ROW), town)
    assert write(ledger(ROW), town) == {"created": 0, "updated": 0, "unchanged": 1, "rejected": 0}
    assert write(ledger(ROW | {"案由": "关于硬化三条通组道路的提议"}), town)["updated"] == 1
    assert Proposal.objects.get().title == "关于硬化三条通组道路的提议"
    assert Signature.objects.count() == 3


def test_wrong_rows_are_named_and_nothing_is_written(town):
    rows = [
        ROW | {"领衔代表": "无此人"}, ROW | {"联名代表": "李四、钱某某"}, ROW | {"类型": "报告"}, ROW | {"编号": "甲"},
        ROW | {"类别": "天文"}, ROW | {"案由": None}, ROW | {"提交日期": "明年"},
    ]  # fmt: skip
    found = problems(ledger(*rows), town)
    assert [column for column, _value, _problem in found] == [
        "领衔代表",
        "联名代表",
        "类型",
        "编号",
        "类别",
        "案由",
        "提交日期",
    ]
    assert found[1][1:] == ("钱某某", "石桥镇 has no delegate of this name.")
    assert write(ledger(ROW, *rows), town)["rejected"] == 7
    assert not Proposal.objects.exists()


def test_a_number_is_not_given_twice(town):
    assert problems(ledger(ROW, ROW), town)[0][2] == "This number stands already in sheet “Sheet”, row 2."


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("一、落实资金；二、年底前完工。", ["落实资金", "年底前完工"]),
        ("1.修路;2.种树", ["修路", "种树"]),
        ("（1）修路；（2）种树", ["修路", "种树"]),
        ("由镇政府落实资金，年底前完工。", ["由镇政府落实资金，年底前完工"]),
        ("", []),
    ],
)
def test_measures_are_taken_apart(text, parts):
    assert measures(text) == parts


def test_the_demonstrations_ledger_comes_in_whole():
    district = factories.make_district()
    roster = read_workbook((DATA / "roster.xlsx").read_bytes())
    imports.write(RosterImport(district, create_missing=True), district, roster)
    sheets = read_workbook((DATA / "proposals.xlsx").read_bytes())
    assert write(sheets, district) == {"created": 76, "updated": 0, "unchanged": 0, "rejected": 0}
    assert Proposal.objects.filter(kind="proposal").count() == 19
    assert write(sheets, district)["unchanged"] == 76


def session_of(town, **facts):
    congress = Congress.objects.get(organization=town)
    return Session.objects.create(congress=congress, kind="annual", starts_on=date(2026, 3, 1), **facts)


def test_numbers_count_for_each_kind_and_a_ledger_of_another_kind_overwrites_nothing(town):
    motion, advice = ROW | {"编号": 1}, ROW | {"编号": 1, "类型": "建议", "案由": "关于开放图书室的建议"}
    write(ledger(motion), town)
    assert write(ledger(advice), town)["created"] == 1
    assert sorted(Proposal.objects.values_list("kind", "number", "title")) == [
        ("advice", 1, "关于开放图书室的建议"), ("motion", 1, "关于硬化通组道路的提议"),
    ]  # fmt: skip
    proposal = ROW | {"编号": 1, "类型": "提案", "是否会议期间": "是", "案由": "关于治理白色污染的提案"}
    session_of(town, number=1)
    both = ledger(motion, advice, proposal, proposal | {"编号": 2})
    assert write(both, town) == {"created": 2, "updated": 0, "unchanged": 2, "rejected": 0}
    assert write(both, town)["unchanged"] == 4


def test_what_was_corrected_in_the_ledger_reaches_signers_measures_category_and_the_comparison(town):
    write(ledger(ROW), town)
    other = ROW | {
        "联名代表": "李四、孙七", "办法和建议": "一、硬化路面；二、安装护栏。", "类别": "党的基层组织建设",
        "情况和原因": "三个村民小组至今不通硬化路，雨天车辆无法通行，学生上学、群众就医都要绕行四公里。",
    }  # fmt: skip
    factories.make_mandate(Congress.objects.get(organization=town), "孙七")
    factories.make_category("党的基层组织建设", is_party_building=True)
    before = Precedent.objects.get()
    cells = LedgerImport(town).plan(ledger(other)).rows[0].cells
    assert [cell.column for cell in cells] == ["情况和原因", "类别", "办法和建议", "联名代表"]
    assert write(ledger(other), town)["updated"] == 1
    paper = Proposal.objects.get()
    assert [one.action for one in paper.measures.all()] == ["硬化路面", "安装护栏"]
    assert [str(one) for one in paper.signatures.filter(state="signed")] == ["王文", "李四", "孙七"]
    assert paper.signatures.get(state="dropped").mandate.person.name == "赵六"
    assert set(paper.signatures.filter(state="signed").values_list("text_digest", flat=True)) == {digest(paper)}
    assert (paper.text_digest, paper.is_party_building) == (digest(paper), True)
    assert Precedent.objects.get().text_marks != before.text_marks
    assert write(ledger(other), town)["unchanged"] == 1
    assert write(ledger(ROW), town)["updated"] == 1, "back again: who was struck has signed after all"
    assert sorted(str(one) for one in paper.signatures.filter(state="signed")) == ["李四", "王文", "赵六"]


def test_after_any_ledger_the_next_number_is_a_free_one(town):
    write(ledger(ROW | {"编号": 7}, ROW | {"编号": 3, "案由": "关于种树的提议"}), town)
    NumberSeries.objects.update(last=6)  # as an old database left it
    lead = Mandate.objects.get(person__name="王文")
    lead.person.user = factories.make_user("delegate")
    lead.person.save(update_fields=["user"])
    with time_machine.travel("2026-05-01T09:00:00+08:00", tick=False):
        made = writing.submit(factories.make_proposal(lead), by=lead.person.user)
    assert made.number == 8


def test_a_paper_that_became_another_kind_is_the_same_row_still(town):
    session_of(town, number=1)
    row = ROW | {"类型": "提案", "是否会议期间": "是", "编号": 15}
    write(ledger(row), town)
    paper = Proposal.objects.get()
    office = factories.make_user("township", town)
    paper = PROPOSAL.take(paper, "screen", by=office)
    for reader in (office, factories.make_user("township", town)):
        handling.give_opinion(paper, by=reader, outcome="convert", text="宜作提议办理。")
    paper = PROPOSAL.take(paper, "convert", by=office, note="宜作提议办理。")
    assert write(ledger(row), town)["unchanged"] == 1
    assert Proposal.objects.get().kind == "motion"
    changed = problems(ledger(row | {"案由": "关于别的事情的提案"}), town)
    assert changed == [
        ("案由", "关于别的事情的提案", "This paper is being handled already: what it says stays as it is.")
    ]


def test_each_refusal_says_what_stands_in_the_way(town):
    lead = Mandate.objects.get(person__name="王文")
    typed = {"state": "registered", "year": 2026, "submitted_at": timezone.now(), "submissions": 1}
    factories.make_proposal(lead, "关于修桥的提议", number=7, **typed)
    assert problems(ledger(ROW), town) == [
        ("编号", "7", "提议2026年第007号《关于修桥的提议》 has this number, and this ledger did not bring it in.")
    ]
    write(ledger(ROW | {"编号": 8}), town)
    assert problems(ledger(ROW | {"编号": 9}), town) == [
        ("编号", "9", "The same paper stands in the register as 提议2026年第008号《关于硬化通组道路的提议》.")
    ]
    other = ROW | {"编号": 8, "领衔代表": "李四", "联名代表": "王文"}
    assert problems(ledger(other), town) == [
        ("领衔代表", "李四", "提议2026年第008号《关于硬化通组道路的提议》 is led by 王文.")
    ]


def test_a_ledger_knows_the_offices_own_categories_and_those_under_party_building(town):
    neighbour = factories.make_township(name="凤台镇")
    party = factories.make_category("党建", is_party_building=True)
    Category.objects.create(organization=town, name="支部建设", parent=party)
    Category.objects.create(organization=neighbour, name="场镇改造")
    write(ledger(ROW | {"类别": "支部建设"}), town)
    assert Proposal.objects.get().is_party_building
    wrong = problems(ledger(ROW | {"编号": 8, "类别": "场镇改造", "案由": "关于种树的提议"}), town)
    assert wrong[0][2] == "There is no such category."


def test_a_session_that_is_entered_after_the_ledger_makes_no_second_paper(town):
    row = ROW | {"类型": "提案", "是否会议期间": "是"}
    write(ledger(row), town)
    session_of(town, number=1)
    assert write(ledger(row), town)["unchanged"] == 1


def test_a_new_term_of_the_same_delegate_makes_no_second_paper(town):
    write(ledger(ROW), town)
    old = Mandate.objects.filter(congress__organization=town)
    fresh = factories.make_congress(town, 16)
    for seat in list(old):
        factories.make_mandate(fresh, seat.person)
    assert write(ledger(ROW), town)["unchanged"] == 1
