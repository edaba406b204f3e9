"""The liaison workbook: what each row becomes, what is refused and in which words, and that it is twice safe."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import translation
from openpyxl import Workbook

from congress.kernel.workbooks import WorkbookRefused, read_workbook
from congress.models import Role
from congress.services import imports
from delegates.models import CommitteeMember, Mandate
from delegates.services.figures import everything
from delegates.services.roster import RosterImport
from liaison.models import CommitteeLink, Contact
from liaison.services import contacts as contact_service
from liaison.services.liaison_import import LiaisonImport
from tests.factories import make_congress, make_district, make_mandate, make_township, make_user

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parent.parent / "data"
MEMBERS = ["序号", "乡镇", "姓名", "性别", "职务", "分工", "联系代表小组", "联系代表"]
CONTACTS = ["代表姓名", "身份证号", "所在小组", "联系对象", "对象类别", "对象情况", "电话"]
NUMBER = "510789198408213223"
MEMBER = dict(zip(MEMBERS, [1, "青江镇", "曾文胜", "男", "党委副书记", "党建", "一组", "王勇、李明"], strict=True))
CONTACT = dict(zip(CONTACTS, ["王勇", NUMBER, "一组", "曹瑞芳", "普通党员", "老党员", "17266413008"], strict=True))


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def district():
    return make_district()


@pytest.fixture
def seats(district):
    congress = make_congress(make_township(district, "青江镇"))
    return [
        make_mandate(congress, "王勇", id_number=NUMBER, group="一组"),
        make_mandate(congress, "李明", group="二组"),
        make_mandate(congress, "李强", group="二组"),
    ]


def book(members=(), contacts=()):
    made = Workbook()
    made.remove(made.active)
    for title, header, rows in (("党委委员", MEMBERS, members), ("联系党员群众", CONTACTS, contacts)):
        if rows:
            page = made.create_sheet(title)
            page.append(header)
            for row in rows:
                page.append([row.get(word) for word in header])
    out = io.BytesIO()
    made.save(out)
    return read_workbook(out.getvalue())


def write(district, members=(), contacts=()):
    return imports.write(LiaisonImport(district), district, book(members, contacts))


def problems(plan):
    return [(row.number, cell.column, cell.problem) for row in plan.rows for cell in row.cells if cell.problem]


def test_a_row_makes_the_member_his_links_and_a_contact(district, seats):
    plan = write(district, [MEMBER], [CONTACT])
    assert plan.counts == {"created": 2, "updated": 0, "unchanged": 0, "rejected": 0}
    member = CommitteeMember.objects.get()
    assert (member.name, member.post, member.duties, member.number) == ("曾文胜", "党委副书记", "党建", 1)
    assert {str(link.group or link.mandate) for link in member.links.all()} == {"一组", "王勇", "李明"}
    contact = Contact.objects.get()
    assert (contact.mandate, contact.kind, contact.targets) == (seats[0], "party_member", ["veteran"])
    assert contact.get_sealed("phone") == "17266413008"
    assert contact.phone_masked == "172****3008"


def test_the_second_time_changes_nothing(district, seats):
    write(district, [MEMBER], [CONTACT])
    plan = write(district, [MEMBER], [CONTACT])
    assert plan.changes_nothing
    assert (CommitteeLink.objects.count(), Contact.objects.count()) == (3, 1)


def test_a_cell_that_names_others_ends_the_links_it_names_no_more(district, seats):
    write(district, [MEMBER])
    plan = write(district, [MEMBER | {"联系代表": "王勇、李强", "联系代表小组": None, "分工": "农业"}])
    assert plan.counts["updated"] == 1
    assert [(cell.column, cell.before, cell.after) for cell in plan.rows[0].cells] == [
        ("分工", "党建", "农业"),
        ("联系代表", "王勇、李明", "王勇、李强"),
    ]
    held = {str(link.group or link.mandate) for link in CommitteeLink.objects.open()}
    assert held == {"一组", "王勇", "李强"}, "an empty cell says nothing about groups"
    assert CommitteeLink.objects.get(mandate=seats[1]).until is not None


def test_new_facts_of_a_contact_are_taken_over_and_empty_cells_leave_them(district, seats):
    write(district, contacts=[CONTACT])
    plan = write(district, contacts=[CONTACT | {"电话": "13800000001", "对象情况": "困难党员、独居"}])
    assert [(cell.column, cell.before, cell.after) for cell in plan.rows[0].cells] == [
        ("对象情况", "老党员", "困难党员、独居"),
        ("电话", "172****3008", "138****0001"),
    ]
    assert write(district, contacts=[CONTACT | {"电话": None, "对象情况": None}]).changes_nothing
    contact = Contact.objects.get()
    assert (contact.targets, contact.other) == (["member_in_need"], "独居")
    assert contact.get_sealed("phone") == "13800000001"


def test_a_contact_that_was_ended_stays_ended(district, seats):
    write(district, contacts=[CONTACT])
    office = make_user(Role.OFFICE, district)
    contact_service.end(Contact.objects.get(), by=office, reason="moved")
    plan = write(district, contacts=[CONTACT])
    assert plan.changes_nothing
    assert "1 contacts were ended" in plan.notes[0]
    assert Contact.objects.count() == 1


@pytest.mark.parametrize(("wrong", "column", "problem"), [
    ({"乡镇": "石桥镇"}, "乡镇", "石桥镇 has no running congress in this branch."),
    ({"联系代表小组": "三组"}, "联系代表小组", "青江镇 has no delegate group of this name."),
    ({"联系代表": "王勇、赵云"}, "联系代表", "青江镇 has no delegate of this name in office."),
    ({"姓名": None}, "姓名", "姓名 is empty."),
    ({"序号": "甲"}, "序号", "This is no number of a row."),
])  # fmt: skip
def test_a_wrong_member_row_says_what_is_wrong(district, seats, wrong, column, problem):
    plan = write(district, [MEMBER | wrong], [CONTACT])
    assert problems(plan) == [(2, column, problem)]
    assert not CommitteeMember.objects.exists()
    assert not Contact.objects.exists(), "all or nothing"


@pytest.mark.parametrize(("wrong", "column", "problem"), [
    ({"代表姓名": "王永"}, "身份证号", "In the register this ID number is 王勇's."),
    ({"代表姓名": "赵云", "身份证号": None}, "代表姓名", "明川区 has no delegate of this name in office."),
    ({"对象类别": "干部"}, "对象类别", "There is no such kind of contact."),
    ({"电话": "123"}, "电话", "A mobile number has 11 digits and begins with 1; this has 3 characters."),
    ({"联系对象": None}, "联系对象", "联系对象 is empty."),
])  # fmt: skip
def test_a_wrong_contact_row_says_what_is_wrong(district, seats, wrong, column, problem):
    plan = write(district, contacts=[CONTACT | wrong])
    assert problems(plan) == [(2, column, problem)]
    assert not Contact.objects.exists()


def test_nobody_stands_twice(district, seats):
    found = problems(write(district, [MEMBER, MEMBER], [CONTACT, CONTACT]))
    assert [(row, column) for row, column, _problem in found] == [(3, "姓名"), (3, "联系对象")]


def test_of_two_of_one_name_the_one_of_the_members_group_is_meant(district, seats):
    other = make_mandate(seats[0].congress, "王勇", group="二组")
    write(district, [MEMBER | {"联系代表": "王勇"}])
    assert CommitteeLink.objects.get(mandate__isnull=False).mandate == seats[0]
    row = MEMBER | {"联系代表小组": None, "联系代表": "王勇"}
    assert problems(write(district, [row])) == [(2, "联系代表", "青江镇 has several delegates of this name.")]
    write(district, [row | {"联系代表": "王勇（二组）"}])
    assert CommitteeLink.objects.open().get(mandate__isnull=False).mandate == other


def test_a_sheet_that_is_neither_list_is_named(district, seats):
    made = Workbook()
    made.active.append(["品名", "单价"])
    made.active.append(["笔", 3])
    out = io.BytesIO()
    made.save(out)
    plan = imports.write(LiaisonImport(district), district, read_workbook(out.getvalue()))
    assert "neither the list of committee members" in problems(plan)[0][2]
    made = Workbook()
    made.active.append(MEMBERS)
    out = io.BytesIO()
    made.save(out)
    with pytest.raises(WorkbookRefused):
        imports.write(LiaisonImport(district), district, read_workbook(out.getvalue()))


def test_the_whole_workbook_gives_the_districts_numbers(district, tmp_path, capsys):
    roster = read_workbook((DATA / "roster.xlsx").read_bytes())
    imports.write(RosterImport(district, create_missing=True), district, roster)
    call_command("import_liaison", DATA / "liaison.xlsx", organization=district.code, dry_run=True)
    assert not Contact.objects.exists()
    for last in ("created=6310 updated=0 unchanged=0 rejected=0", "created=0 updated=0 unchanged=6310 rejected=0"):
        call_command("import_liaison", DATA / "liaison.xlsx", organization=district.code)
        assert capsys.readouterr().out.splitlines()[-1] == last
    expected = json.loads((DATA / "expected.json").read_text())
    counted = everything(None)
    for key in ("committee_members", "party_member_contacts", "mass_contacts"):
        assert counted[key] == expected[key]
    assert counted["party_member_contacts_mean"] == expected["avg_contacts"]["party_members"]
    assert counted["mass_contacts_mean"] == expected["avg_contacts"]["masses"]
    assert counted["below_minimum"]["N01"] == expected["below_minimum"]["party_members"]
    assert counted["below_minimum"]["N02"] == expected["below_minimum"]["masses"]
    parts = counted["coverage"]
    assert parts["union"] + parts["uncovered"] == Mandate.objects.serving().count()
    assert max(parts["direct"], parts["via_group"]) <= parts["union"] <= parts["direct"] + parts["via_group"]
    print(counted)
