"""The roster import: what each row becomes, what is refused and in which words, and that it is all or nothing."""

import io
import json
import shutil
from datetime import date, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from openpyxl import Workbook, load_workbook

from congress.kernel.importing import errors_workbook
from congress.kernel.workbooks import WorkbookRefused, read_workbook
from congress.kernel.workflow import Refused
from congress.models import AuditEvent, Congress, Organization
from congress.services import imports
from delegates.models import DelegateGroup, ElectingUnit, ElectionMethod, FrontLine, Gender, Mandate, Person
from delegates.services.figures import figures
from delegates.services.persons import refresh_keys, refresh_roster_keys
from delegates.services.roster import RosterImport
from tests.factories import make_congress, make_district, make_mandate, make_person, make_township

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parent.parent / "data"
TITLE = "青江镇第十五届党代表大会代表花名册"
HEADER = [
    "序号", "姓名", "性别", "民族", "出生年月", "入党时间", "学历", "工作单位及职务", "代表类别", "一线类别",
    "选举单位", "代表小组", "产生方式", "联系电话", "身份证号", "备注",
]  # fmt: skip
WOMAN = {
    "姓名": "龚娟莺", "性别": "女", "民族": "满", "出生年月": "1984.08", "入党时间": "2004.07", "学历": "大学",
    "工作单位及职务": "青江镇财政所所长", "代表类别": "领导干部", "选举单位": "安塘村党支部",
    "代表小组": "安塘村代表小组", "产生方式": "重新选举", "联系电话": 15655062048, "身份证号": "510789198408213223",
}  # fmt: skip
MAN = {
    "姓名": "黎　义", "性别": "男", "民族": "汉族", "出生年月": "1974.08", "工作单位及职务": "安塘村农技员",
    "代表类别": "生产和工作一线", "一线类别": "农民", "选举单位": "安塘村党支部", "产生方式": "精减名额",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def district():
    return make_district()


@pytest.fixture
def congress(district):
    """青江镇's fifteenth congress, with the unit and the group the rows name."""
    congress = make_congress(make_township(district, "青江镇"), 15)
    ElectingUnit.objects.create(congress=congress, name="安塘村党支部", number=1)
    DelegateGroup.objects.create(congress=congress, name="安塘村代表小组", number=1)
    return congress


def roster(*rows, title=TITLE, sheet="青江镇", header=HEADER, below=()):
    """A workbook of one sheet; rows are dictionaries by header."""
    book = Workbook()
    page = book.active
    page.title = sheet
    if title:
        page.append([title])
    page.append(header)
    for number, row in enumerate(rows, 1):
        page.append([row.get(word, number if word == "序号" else None) for word in header])
    for row in below:
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    return read_workbook(out.getvalue())


def plan(sheets, organization, *, create=False):
    return RosterImport(organization, create_missing=create).plan(sheets)


def write(sheets, organization, *, create=False):
    return imports.write(RosterImport(organization, create_missing=create), organization, sheets)


def problems(planned):
    return [
        (row.number, cell.column, cell.after, cell.problem)
        for row in planned.rows
        for cell in row.cells
        if cell.problem
    ]


def test_the_district_of_the_demonstration_comes_in_with_its_own_figures(district):
    sheets = read_workbook((DATA / "roster.xlsx").read_bytes())
    assert write(sheets, district, create=True).counts == {"created": 956, "updated": 0, "unchanged": 0, "rejected": 0}
    expected = json.loads((DATA / "expected.json").read_text(encoding="utf-8"))
    counted = figures(None)
    shared = (expected.keys() & counted.keys()) - {"training_person_times"}  # no roster's matter
    assert {key: counted[key] for key in shared} == {key: expected[key] for key in shared}
    assert {"delegates", "groups", "female", "ethnic_minority", "migrant", "by_town", "main"} <= shared
    assert list(counted["by_town"]) == list(expected["by_town"])
    assert write(sheets, district).counts == {"created": 0, "updated": 0, "unchanged": 956, "rejected": 0}
    assert not Person.objects.filter(name__regex="[（( \u3000]").exists()


def test_a_row_becomes_a_person_and_a_mandate_with_every_fact(district, congress):
    assert write(roster(WOMAN, MAN), district).counts["created"] == 2
    mandate = Mandate.objects.for_list().get(person__name="龚娟莺")
    person = mandate.person
    assert (person.gender, person.ethnicity, person.birth_month) == (Gender.FEMALE, "满族", date(1984, 8, 1))
    assert (person.joined_party_month, person.education, person.post) == (date(2004, 7, 1), "大学", "青江镇财政所所长")
    assert (person.get_sealed("phone"), person.get_sealed("id_number")) == ("15655062048", "510789198408213223")
    assert "510789198408213223" not in json.dumps(list(Person.objects.values()), default=str)
    assert person.organization == mandate.congress.organization == congress.organization
    assert (mandate.electing_unit.name, mandate.group.name) == ("安塘村党支部", "安塘村代表小组")
    assert mandate.method == ElectionMethod.RE_ELECTION
    man = Mandate.objects.get(person__name="黎义")
    assert (man.front_line, man.group, man.person.get_sealed("phone")) == (FrontLine.FARMER, None, "")
    assert list(Mandate.objects.for_list().values_list("person__name", flat=True)) == ["龚娟莺", "黎义"]
    for typed in ("娟莺", "gongjuan", "gjy"):
        assert Mandate.objects.matching(typed).get() == mandate
    for typed in ("510789198408213223", "15655062048"):
        assert Mandate.objects.matching(typed, numbers_of=[congress.organization.path]).get() == mandate
        assert not Mandate.objects.matching(typed).exists()


def test_the_second_wording_of_the_header_and_a_note_row_above_it_are_read(district, congress):
    second = {
        "序号": "编号", "姓名": "代表姓名", "性别": "性 别", "民族": "民 族", "出生年月": "出生\n年月",
        "入党时间": "入党\n年月", "学历": "文化程度", "工作单位及职务": "单位职务", "代表类别": "类别",
        "一线类别": "一线分类", "选举单位": "选举单位（支部）", "代表小组": "所在小组", "产生方式": "当选方式",
        "联系电话": "手机号码", "身份证号": "公民身份号码", "备注": "说明",
    }  # fmt: skip
    book = Workbook()
    page = book.active
    page.title = "Sheet1"
    page.append(["  中国共产党明川区青江镇　第十五届 党代表大会代表花名册"])
    page.append(["填报单位：中共青江镇委员会（盖章）", None, "填报日期：2026年10月20日"])
    page.append([second[word] for word in HEADER])
    page.append([WOMAN.get(word) for word in HEADER])
    page.append([])
    page.append([2, *(MAN.get(word) for word in HEADER[1:])])
    page.append([3])
    page.append(["合计", "2人", "（以上代表按代表小组排列）"])
    page.append(["审核人：某某", None, "填表人：某某"])
    out = io.BytesIO()
    book.save(out)
    planned = plan(read_workbook(out.getvalue()), district)
    assert (problems(planned), planned.counts["created"]) == ([], 2)


def test_a_missing_township_is_one_rejected_row_unless_it_may_be_created(district):
    sheets = roster(WOMAN, MAN)
    planned = plan(sheets, district)
    assert problems(planned) == [(1, "标题", TITLE, "“青江镇” is not in the register under 明川区.")]
    assert planned.counts == {"created": 2, "updated": 0, "unchanged": 0, "rejected": 1}
    assert write(sheets, district, create=True).is_fit
    town = Organization.objects.get(name="青江镇")
    assert (town.code, town.kind, town.path) == ("51079001", "township", "/510790/51079001/")
    congress = Congress.objects.get()
    assert (congress.organization, congress.number, congress.naming) == (town, 15, "standing")
    assert congress.full_name == "中国共产党青江镇第十五届代表大会"


def test_a_new_township_gets_the_next_free_code(district):
    make_township(district, "石桥镇", code="51079001")
    make_township(district, "柳河镇", code="51079003")
    write(roster(WOMAN), district, create=True)
    assert Organization.objects.get(name="青江镇").code == "51079002"


def test_a_missing_term_unit_or_group_is_named_unless_it_may_be_created(district):
    congress = make_congress(make_township(district, "青江镇"), 14)
    assert problems(plan(roster(WOMAN), district)) == [(1, "标题", TITLE, "青江镇 has no such term in the register.")]
    Congress.objects.filter(pk=congress.pk).update(number=15)
    assert problems(plan(roster(WOMAN), district)) == [
        (3, "选举单位", "安塘村党支部", "There is no such 选举单位 in 青江镇."),
        (3, "代表小组", "安塘村代表小组", "There is no such 代表小组 in 青江镇."),
    ]
    write(roster(WOMAN, MAN), district, create=True)
    assert list(ElectingUnit.objects.values_list("name", "number")) == [("安塘村党支部", 1)]
    assert list(DelegateGroup.objects.values_list("name", "number")) == [("安塘村代表小组", 1)]


def test_only_a_township_name_is_created(district):
    title = "某某局第十五届党代表大会代表花名册"
    assert problems(plan(roster(WOMAN, title=title, sheet="Sheet1"), district, create=True))[0][2] == title


def test_without_a_title_the_sheet_names_the_township_and_its_only_running_congress_is_taken(district, congress):
    make_congress(congress.organization, 14, starts_on=date(2016, 1, 1), ends_on=date(2021, 1, 1))
    assert write(roster(WOMAN, title=""), district).counts["created"] == 1
    assert Mandate.objects.get().congress == congress
    make_congress(congress.organization, 16)
    ((number, column, value, problem),) = problems(plan(roster(WOMAN, title=""), district))
    assert (number, column, value) == (2, "标题", "青江镇")
    assert problem == "The sheet has no title, and 青江镇 has 2 running congresses to choose from."


def test_a_township_imports_its_own_roster_whatever_the_sheet_is_called(congress):
    assert plan(roster(WOMAN, title="", sheet="Sheet1"), congress.organization).is_fit
    assert plan(roster(WOMAN, sheet="Sheet1"), congress.organization).is_fit


def test_a_title_that_contradicts_the_sheets_name_is_refused(district, congress):
    make_congress(make_township(district, "石桥镇"), 15)
    ((_number, column, _value, problem),) = problems(plan(roster(WOMAN, sheet="石桥镇"), district))
    assert (column, problem) == ("标题", "The sheet is called “石桥镇”, its title speaks of “青江镇”.")


def test_a_wrong_total_is_a_rejected_row_and_a_formula_for_it_is_not(district, congress):
    assert problems(plan(roster(WOMAN, below=[["合计", 2]]), district)) == [
        (4, "合计", "2", "The total says 2, but there are 1 rows above it.")
    ]
    for below in (["合计", 1], ["合计：1人"], [None, "合计", "=COUNTA(B3:B3)"], ["小计", 5], ["合计"]):
        assert plan(roster(WOMAN, below=[below]), district).is_fit


def test_every_bad_row_of_the_bad_workbook_is_rejected_for_its_own_reason(district):
    write(read_workbook((DATA / "roster.xlsx").read_bytes()), district, create=True)
    before = list(Person.objects.values().order_by("pk"))
    planned = write(read_workbook((DATA / "roster_bad.xlsx").read_bytes()), district)
    woman = "5107**********3223"
    assert problems(planned) == [
        (2, "姓名", "", "姓名 is empty."),
        (3, "性别", "未知", "“未知” is not known here."),
        (4, "民族", "火星族", "“火星族” is none of the 56 ethnic groups."),
        (5, "出生年月", "1975.13", "“1975.13” is not a month."),
        (6, "出生年月", "2031.05", "“2031.05” lies in the future."),
        (7, "身份证号", "5107**********3221", "The last digit does not fit the other 17: a digit is mistyped."),
        (8, "身份证号", woman, "The ID number says born in 1984.08, the row says 1901.01."),
        (9, "联系电话", "12345", "A mobile number has 11 digits and begins with 1; this has 5 characters."),
        (10, "代表类别", "外星代表", "“外星代表” is not known here."),
        (11, "选举单位", "", "选举单位 is empty."),
        (12, "姓名", '=HYPERLINK("http://example.invalid","x")', "The cell holds a formula or an error, not a value."),
        (13, "身份证号", woman, "This person stands already in sheet “青江镇”, row 2."),
        (14, "身份证号", woman, "This person stands already in sheet “青江镇”, row 2."),
    ]
    assert all(cell.advice for row in planned.rows for cell in row.cells)
    assert planned.counts == {"created": 0, "updated": 0, "unchanged": 0, "rejected": 13}
    assert list(Person.objects.values().order_by("pk")) == before


def test_the_bad_workbook_rejects_the_same_thirteen_rows_on_an_empty_register(district):
    planned = plan(read_workbook((DATA / "roster_bad.xlsx").read_bytes()), district, create=True)
    assert planned.counts["rejected"] == 13


def test_one_bad_row_keeps_all_the_good_ones_out(district, congress):
    planned = write(roster(WOMAN, MAN | {"性别": "?"}), district)
    assert planned.counts == {"created": 1, "updated": 0, "unchanged": 0, "rejected": 1}
    assert not Person.objects.exists()
    assert not Mandate.objects.exists()


def test_the_error_workbook_is_in_the_offices_words_and_starts_no_formula(district, congress):
    planned = plan(roster(WOMAN | {"工作单位及职务": '=cmd|"/c calc"!A1', "联系电话": "99"}), district)
    page = load_workbook(io.BytesIO(errors_workbook(planned))).active
    rows = [[cell.value for cell in row] for row in page.rows]
    assert rows[0] == ["工作表", "行", "列", "填写内容", "问题", "处理办法"]
    assert [row[:4] for row in rows[1:]] == [
        ["青江镇", 3, "工作单位及职务", '=cmd|"/c calc"!A1'],
        ["青江镇", 3, "联系电话", "99"],
    ]
    assert {cell.data_type for row in page.iter_rows(min_row=2) for cell in row} == {"s", "n"}
    assert page["D2"].quotePrefix


@pytest.mark.parametrize(
    ("cells", "column", "problem"),
    [
        ({"姓名": "龚娟莺（男）"}, "姓名", "The brackets say 男, the column 性别 says 女."),
        ({"姓名": "龚娟莺（女，回族）"}, "姓名", "The brackets say 回族, the column 民族 says 满族."),
        ({"姓名": "龚娟莺（组长）"}, "姓名", "“龚娟莺（组长）” is not a name."),
        ({"入党时间": "1984.08"}, "入党时间", "It lies before the month of birth."),
        ({"民族": None}, "民族", "民族 is empty."),
        ({"代表类别": ""}, "代表类别", "代表类别 is empty."),
        ({"产生方式": " "}, "产生方式", "产生方式 is empty."),
        ({"工作单位及职务": None}, "工作单位及职务", "工作单位及职务 is empty."),
        ({"性别": "男"}, "身份证号", "The ID number is of the other gender than the row says."),
        ({"备注": "长" * 201}, "备注", "It has 201 characters; at most 200 fit."),
    ],
)
def test_a_contradiction_or_gap_in_a_row_is_named(district, congress, cells, column, problem):
    assert [found[1::2] for found in problems(plan(roster(WOMAN | cells), district))] == [(column, problem)]


def test_the_brackets_fill_a_blank_column(district, congress):
    write(roster(WOMAN | {"姓名": "龚娟莺（女，满族）", "性别": None, "民族": None}), district)
    person = Person.objects.get()
    assert (person.name, person.gender, person.ethnicity) == ("龚娟莺", Gender.FEMALE, "满族")


def test_a_remark_of_work_away_from_home_sets_the_flag(district, congress):
    write(roster(WOMAN | {"备注": "长期外出务工"}, MAN), district)
    assert list(Person.objects.filter(migrant=True).values_list("name", flat=True)) == ["龚娟莺"]
    assert Mandate.objects.get(person__name="龚娟莺").note == "长期外出务工"


def test_missing_and_doubled_columns_are_said_once_and_unknown_ones_noted(district, congress):
    header = [word for word in HEADER if word not in {"性别", "产生方式"}] + ["政治面貌", "手机"]
    planned = plan(roster(WOMAN, header=header), district)
    assert problems(planned)[:2] == [
        (2, "联系电话", "手机", "The column is there twice."),
        (2, "表头", "", "Columns are missing: 性别、产生方式."),
    ]
    assert planned.notes[0] == (
        "Sheet “青江镇”: these columns are not part of the register and were left out: 政治面貌."
    )


def test_a_sheet_without_a_header_is_refused_and_an_empty_one_is_not(district, congress):
    sheets = roster(WOMAN)
    book = Workbook()
    book.active.append(["填表说明"])
    out = io.BytesIO()
    book.save(out)
    planned = plan([*sheets, *read_workbook(out.getvalue())], district)
    assert problems(planned) == [
        (1, "表头", "", "The sheet has no header row with 姓名, 性别, 民族 and the other columns.")
    ]
    with pytest.raises(WorkbookRefused, match="holds no delegate"):
        plan(roster(), district)


def test_a_changed_cell_is_shown_with_before_and_after_and_only_it_is_written(district, congress):
    write(roster(WOMAN), district)
    mandate = Mandate.objects.get()
    changed = WOMAN | {"工作单位及职务": "青江镇副镇长", "代表小组": None, "联系电话": "15655069999", "学历": None}
    planned = write(roster(changed), district)
    assert [cell.as_json() for row in planned.rows for cell in row.cells if cell.column != "联系电话"] == [
        {"column": "工作单位及职务", "before": "青江镇财政所所长", "after": "青江镇副镇长"}
    ]
    (phone,) = [cell for row in planned.rows for cell in row.cells if cell.column == "联系电话"]
    assert (phone.before, phone.after) == ("156****2048", "156****9999")
    assert planned.counts == {"created": 0, "updated": 1, "unchanged": 0, "rejected": 0}
    again = Mandate.objects.get()
    assert (again.pk, again.version, again.group) == (mandate.pk, 0, mandate.group)
    assert (again.person.post, again.person.education, again.person.version) == ("青江镇副镇长", "大学", 1)
    assert again.person.get_sealed("phone") == "15655069999"


def test_a_new_name_moves_the_delegate_in_the_roster_and_in_the_search(district, congress):
    write(roster(WOMAN, MAN), district)
    write(roster(WOMAN | {"姓名": "丁娟莺"}), district)
    assert list(Mandate.objects.for_list().values_list("person__name", flat=True)) == ["丁娟莺", "黎义"]
    assert Mandate.objects.matching("djy").count() == 1
    assert not Mandate.objects.matching("gjy").exists()


def test_a_fixed_place_stays_before_the_strokes(district, congress):
    write(roster(WOMAN, MAN), district)
    mandate = Mandate.objects.get(person__name="黎义")
    Mandate.objects.filter(pk=mandate.pk).update(manual_rank=1)
    write(roster(WOMAN, MAN | {"姓名": "黎　仁", "身份证号": None}), district)
    assert Mandate.objects.count() == 3  # another name, no number: another person
    first = Mandate.objects.get(person__name="黎义").person
    first.name = "鬻熊"
    refresh_keys(first)
    first.save()
    refresh_roster_keys([first])
    assert Mandate.objects.for_list().first().person.name == "鬻熊"


def test_without_a_number_name_and_month_tell_who_it_is(district, congress):
    write(roster(MAN), district)
    planned = write(roster(MAN | {"联系电话": "13812341234"}), district)
    assert planned.counts["updated"] == 1
    planned = write(roster(MAN | {"身份证号": "510712197408281957"}), district)
    assert (planned.counts["updated"], Person.objects.count()) == (1, 1)
    planned = write(roster(MAN | {"身份证号": "510713197408110011"}), district)
    assert (planned.counts["created"], Person.objects.count()) == (1, 2)
    ((_number, column, _value, problem),) = problems(plan(roster(MAN), district))
    assert (column, problem) == ("姓名", "The register holds 2 delegates of this name and month of birth.")


def test_namesakes_in_one_file_need_their_numbers(district, congress):
    other = MAN | {"身份证号": "510712197408281957"}
    for rows in ((MAN, MAN), (MAN, other), (other, MAN)):
        ((number, _column, _value, problem),) = problems(plan(roster(*rows), district))
        assert (number, problem) == (4, "This person stands already in sheet “青江镇”, row 3.")
    assert plan(roster(other, MAN | {"身份证号": "510713197408110011"}), district).is_fit


def test_a_known_person_gets_a_mandate_in_another_term(district, congress):
    write(roster(WOMAN), district)
    planned = write(roster(WOMAN, title=TITLE.replace("十五", "十六")), district, create=True)
    assert planned.counts["created"] == 1
    assert Person.objects.get().mandates.count() == 2


def test_what_another_office_keeps_is_not_overwritten(district, congress):
    neighbour = make_township(district, "石桥镇")
    facts = {"gender": Gender.FEMALE, "birth_month": date(1984, 8, 1), "ethnicity": "满族"}
    person = make_person(neighbour, "龚娟莺", id_number="510789198408213223", **facts)
    ((_number, column, _value, problem),) = problems(plan(roster(WOMAN), congress.organization))
    assert (column, problem) == ("身份证号", "This ID number cannot be entered here.")
    assert plan(roster(WOMAN), district).is_fit
    person.refresh_from_db()
    assert person.post == "石桥镇党政办主任"


def test_planning_writes_nothing_and_asks_a_fixed_number_of_questions(district, congress):
    write(roster(WOMAN), district)
    with CaptureQueriesContext(
        connection,
    ) as small:
        plan(roster(WOMAN), district)
    many = [MAN | {"姓名": f"黎义{chr(0x4E00 + number)}"} for number in range(30)]
    with CaptureQueriesContext(connection) as large:
        plan(roster(WOMAN, *many), district, create=True)
    assert len(small) == len(large) <= 12
    assert Person.objects.count() == 1


def test_writing_asks_no_more_for_thirty_rows_than_for_three(district, congress):
    def queries(count, offset):
        rows = [MAN | {"姓名": f"黎义{chr(0x4E00 + offset + number)}"} for number in range(count)]
        with CaptureQueriesContext(connection) as captured:
            assert write(roster(*rows), district).is_fit
        return len(captured)

    queries(1, 0)
    assert queries(3, 10) == queries(30, 20)


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_are_one_import_and_one_sentence(district, congress):
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            other.set_autocommit(False)
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [imports._WRITERS, district.pk])
            with pytest.raises(Refused, match="being written"):
                write(roster(WOMAN), congress.organization)
    finally:
        other.close()
    assert not Person.objects.exists()
    assert write(roster(WOMAN), congress.organization).is_fit


def test_a_failure_in_the_middle_of_writing_leaves_nothing(district, monkeypatch):
    def full_disk(*args, **kwargs):
        raise OSError("no space left")

    monkeypatch.setattr(Mandate.objects, "bulk_create", full_disk)
    with pytest.raises(OSError, match="no space"), transaction.atomic():
        write(roster(WOMAN), district, create=True)
    assert not Person.objects.exists()
    assert Organization.objects.count() == 1


@pytest.fixture
def folder(tmp_path):
    for name in ("roster.xlsx", "roster_bad.xlsx"):
        shutil.copy(DATA / name, tmp_path)
    return tmp_path


def last_line(capsys):
    return capsys.readouterr().out.splitlines()[-1]


def test_the_command_imports_once_and_says_so_twice(district, folder, capsys):
    options = {"organization": "510790", "create": True}
    call_command("import_roster", folder / "roster.xlsx", **options, dry_run=True)
    assert last_line(capsys) == "created=956 updated=0 unchanged=0 rejected=0"
    assert not Person.objects.exists()
    call_command("import_roster", folder / "roster.xlsx", **options)
    assert last_line(capsys) == "created=956 updated=0 unchanged=0 rejected=0"
    call_command("import_roster", folder / "roster.xlsx", organization="510790")
    assert capsys.readouterr().out.splitlines() == [
        "Nothing to do: the register holds all of this already.",
        "created=0 updated=0 unchanged=956 rejected=0",
    ]
    assert [event.detail["created"] for event in AuditEvent.objects.filter(action="import").order_by("pk")] == [956, 0]
    assert not list(folder.glob("*.errors.xlsx"))


def test_the_command_exits_with_one_and_writes_what_to_mend_beside_the_file(district, folder, capsys):
    with pytest.raises(SystemExit) as exit_:
        call_command("import_roster", folder / "roster_bad.xlsx", organization="510790", create=True)
    assert exit_.value.code == 1
    assert last_line(capsys) == "created=0 updated=0 unchanged=0 rejected=13"
    page = load_workbook(folder / "roster_bad.errors.xlsx").active
    assert {row[1].value for row in page.iter_rows(min_row=2)} == set(range(2, 15))
    assert "510789198408213223" not in str([[cell.value for cell in row] for row in page.rows])


def test_the_command_says_why_it_cannot_open_a_file(district, folder, capsys):
    (folder / "old.xlsx").write_bytes(b"not a workbook")
    with pytest.raises(SystemExit):
        call_command("import_roster", folder / "old.xlsx", organization="510790")
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("This is not an .xlsx workbook.")
    assert said[1] == "created=0 updated=0 unchanged=0 rejected=0"
    for code, file in (("999", "old.xlsx"), ("510790", "missing.xlsx")):
        with pytest.raises(CommandError):
            call_command("import_roster", folder / file, organization=code)


def test_a_date_cell_and_an_excel_serial_are_months(district, congress):
    day = datetime(1984, 8, 21)  # noqa: DTZ001 -- a cell knows no time zone
    write(roster(WOMAN | {"出生年月": day, "入党时间": 38169}), district)
    person = Person.objects.get()
    assert (person.birth_month, person.joined_party_month) == (date(1984, 8, 1), date(2004, 7, 1))


def test_a_delegate_the_file_does_not_name_stays(district, congress):
    kept = make_mandate(congress, "王五六")
    write(roster(WOMAN), district)
    assert Mandate.objects.filter(pk=kept.pk, status="active").exists()
