"""The ledger of papers: what each row becomes, what is refused and in which words, and that it is all or nothing."""

import io
from datetime import date
from pathlib import Path

import pytest
from django.utils import translation
from openpyxl import Workbook

from congress.kernel.workbooks import read_workbook
from congress.models import DueTime
from congress.services import imports
from delegates.services.roster import RosterImport
from proposals.kernel.ledgerrows import measures
from proposals.models import NumberSeries, Precedent, Proposal, Signature
from proposals.services.ledger_import import LedgerImport
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
