"""Titles of 人大 and 政协: brought in by a workbook, seen in the admin, held against new papers."""

import io

import pytest
from django.core.management import call_command
from django.urls import reverse
from openpyxl import Workbook

from congress.kernel.workbooks import read_workbook
from congress.models import Organization
from congress.services import imports
from proposals.models import Precedent
from proposals.services import demo_precedents, similar
from proposals.services.precedent_import import PrecedentImport
from tests import factories
from tests.proposals.world import make_world

pytestmark = pytest.mark.django_db
HEADER = ["来源", "年度", "编号", "案由", "内容", "承办单位", "答复类别"]
TEXT = "场镇老街三百二十户居民的生活污水直排河道，夏季异味严重，群众连续三年向镇里反映，至今没有解决。"
ROW = {
    "来源": "人大", "年度": 2025, "编号": 23, "案由": "关于完善场镇排污管网的建议", "内容": TEXT,
    "承办单位": "区住建局", "答复类别": "B",
}  # fmt: skip


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def town(world):
    return world.congress.organization


def workbook(*rows):
    book = Workbook()
    book.active.append(["明川区历年建议提案一览表"])
    book.active.append(HEADER)
    for row in rows:
        book.active.append([row.get(word) for word in HEADER])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def write(organization, *rows):
    return imports.write(PrecedentImport(organization), organization, read_workbook(workbook(*rows))).counts


def test_a_title_that_was_brought_in_is_shown_beside_a_new_paper_that_resembles_it(world, town):
    assert write(town, ROW)["created"] == 1
    found = similar.find(world.user, "关于完善场镇排污管网的提议", TEXT)
    assert [(one.label, one.precedent.get_source_display(), one.is_same) for one in found] == [
        ("2025年第23号", "人大建议", True)
    ]
    assert "区住建局" in found[0].outcome
    assert "B" in found[0].outcome
    assert similar.find(world.user, "关于增设公交候车亭的提议") == []


def test_the_same_list_again_changes_nothing_and_a_corrected_one_only_what_differs(town):
    rows = (ROW, ROW | {"来源": "政协", "编号": "第23号"}, ROW | {"年度": "2024年"})
    assert write(town, *rows)["created"] == 3
    assert write(town, *rows) == {"created": 0, "updated": 0, "unchanged": 3, "rejected": 0}
    assert write(town, ROW | {"案由": "关于改造场镇排污管网的建议", "答复类别": None, "承办单位": None})["updated"] == 1
    kept = Precedent.objects.get(source="npc", year=2025)
    assert kept.title == "关于改造场镇排污管网的建议"
    assert "区住建局" in kept.answer, "an empty cell says nothing"
    assert write(town, ROW | {"内容": TEXT + "建议尽快改造。"})["updated"] == 1


def test_wrong_rows_are_named_with_what_to_do_and_nothing_is_written(town):
    rows = [
        ROW | {"来源": "省人大常委会"}, ROW | {"年度": 2099, "编号": 2}, ROW | {"编号": "0"},
        ROW | {"案由": None, "编号": 4},
        ROW | {"答复类别": "E", "编号": 5}, ROW | {"编号": 6}, ROW | {"编号": "第006号"},
    ]  # fmt: skip
    plan = PrecedentImport(town).plan(read_workbook(workbook(*rows)))
    wrong = [(row.number, cell.column, cell.after) for row in plan.rows for cell in row.cells if cell.problem]
    assert wrong == [
        (3, "来源", "省人大常委会"), (4, "年度", "2099"), (5, "编号", "0"), (6, "案由", ""), (7, "答复类别", "E"),
        (9, "编号", "第6号"),
    ]  # fmt: skip
    assert all(cell.advice for row in plan.rows for cell in row.cells if cell.problem)
    assert write(town, ROW, *rows)["rejected"] == 6
    assert not Precedent.objects.exists()


def test_the_command_tries_writes_and_writes_nothing_twice(town, tmp_path, capsys):
    file = tmp_path / "建议提案.xlsx"
    file.write_bytes(workbook(ROW))
    said = []
    for more in (["--dry-run"], [], []):
        call_command("import_precedents", str(file), "--organization", town.code, *more)
        said.append(capsys.readouterr().out.strip().splitlines()[-1])
    assert said == [
        "created=1 updated=0 unchanged=0 rejected=0",
        "created=1 updated=0 unchanged=0 rejected=0",
        "created=0 updated=0 unchanged=1 rejected=0",
    ]
    file.write_bytes(workbook(ROW | {"来源": "无"}))
    with pytest.raises(SystemExit):
        call_command("import_precedents", str(file), "--organization", town.code)
    assert (tmp_path / "建议提案.errors.xlsx").exists()


def test_the_office_finds_earlier_papers_and_the_way_to_bring_them_in(world, town, sign_in):
    write(town, ROW)
    foreign = factories.make_township(name="凤台镇")
    write(foreign, ROW | {"案由": "关于凤台镇的事情的建议"})
    clerk = sign_in(world.office)
    address = reverse("admin:proposals_precedent_changelist")
    shown = clerk.get(address).content.decode()
    assert "关于完善场镇排污管网的建议" in shown
    assert "关于凤台镇的事情的建议" not in shown
    assert "importer=precedents" in shown
    assert "关于完善场镇排污管网的建议" in clerk.get(address, {"q": "排污"}).content.decode()
    assert "关于完善场镇排污管网的建议" not in clerk.get(address, {"q": "候车亭"}).content.decode()
    row = Precedent.objects.get(organization=foreign)
    assert clerk.get(reverse("admin:proposals_precedent_change", args=[row.pk])).status_code == 404
    form = clerk.get(reverse("admin:congress_importrun_add"), {"importer": "precedents"}).context["form"]
    assert form["importer"].value() == "precedents"


def test_the_demonstration_brings_its_earlier_papers_in_the_same_way():
    district = Organization.objects.filter(kind="district").first() or factories.make_district()
    for _time in range(2):
        demo_precedents.seed(district)
    assert Precedent.objects.filter(organization=district).count() == len(demo_precedents.ROWS)
    assert set(Precedent.objects.values_list("source", flat=True)) == {"npc", "cppcc", "party"}
