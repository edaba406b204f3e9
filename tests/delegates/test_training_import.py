"""The training sign-in list: what each row becomes, what is refused and in which words, and that it is twice safe."""

import io
import json
import shutil
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from openpyxl import Workbook, load_workbook

from congress.kernel import jobs
from congress.kernel.deadlines import TZ
from congress.kernel.importing import errors_workbook
from congress.kernel.workbooks import WorkbookRefused, read_workbook
from congress.models import ImportRun, Role
from congress.services import imports
from delegates.models import Attendance, Course, Mandate, TrainingPlan, TrainingSession
from delegates.services.figures import figures
from delegates.services.roster import RosterImport
from delegates.services.training_import import TrainingImport
from tests.factories import make_congress, make_district, make_mandate, make_session, make_township, make_user

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parent.parent / "data"
HEADER = ["培训班", "日期", "课时", "代表姓名", "身份证号", "乡镇"]
NUMBER = "510789198408213223"
ROW = {
    "培训班": "党代表履职能力",
    "日期": "2026.03.04",
    "课时": 4,
    "代表姓名": "龚娟莺",
    "身份证号": NUMBER,
    "乡镇": "青江镇",
}


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def district():
    return make_district()


@pytest.fixture
def seat(district):
    """龚娟莺, delegate of 青江镇."""
    congress = make_congress(make_township(district, "青江镇"))
    return make_mandate(congress, "龚娟莺", id_number=NUMBER)


def sheet(*rows, header=HEADER, title="", below=()):
    """A workbook of one sheet; rows are dictionaries by header."""
    book = Workbook()
    page = book.active
    page.title = "培训签到"
    if title:
        page.append([title])
    page.append(header)
    for row in rows:
        page.append([row.get(word) for word in header])
    for line in below:
        page.append(line)
    out = io.BytesIO()
    book.save(out)
    return read_workbook(out.getvalue())


def write(sheets, organization):
    return imports.write(TrainingImport(organization), organization, sheets)


def problems(plan):
    return [(row.number, cell.column, cell.problem) for row in plan.rows for cell in row.cells if cell.problem]


def the_demonstration(district):
    roster = read_workbook((DATA / "roster.xlsx").read_bytes())
    imports.write(RosterImport(district, create_missing=True), district, roster)
    return read_workbook((DATA / "training.xlsx").read_bytes())


def test_the_demonstrations_list_comes_in_with_its_own_figures_and_twice_changes_nothing(district):
    sheets = the_demonstration(district)
    plan = TrainingPlan.objects.create(organization=district, year=2026, title="计划")
    with CaptureQueriesContext(connection) as first:
        assert write(sheets, district).counts == {"created": 3124, "updated": 0, "unchanged": 0, "rejected": 0}
    assert len(first) <= 30, len(first)  # sets, not rows
    expected = json.loads((DATA / "expected.json").read_text(encoding="utf-8"))
    counted = figures(None)
    assert counted["training_person_times"] == expected["training_person_times"] == Attendance.objects.count()
    assert counted["training_persons"] == len(set(Attendance.objects.values_list("mandate__person", flat=True)))
    assert (Course.objects.count(), TrainingSession.objects.count()) == (4, 21)
    assert set(Course.objects.values_list("plan", flat=True)) == {plan.pk}
    assert not TrainingSession.objects.exclude(hours=8, sign_in_open=False).exists()
    with CaptureQueriesContext(connection) as second:
        assert write(sheets, district).counts == {"created": 0, "updated": 0, "unchanged": 3124, "rejected": 0}
    assert len(second) <= 15, len(second)
    assert Attendance.objects.count() == 3124


def test_a_row_becomes_a_course_a_day_and_an_attendance(district, seat):
    assert write(sheet(ROW), district).counts["created"] == 1
    came = Attendance.objects.for_list().get()
    assert (came.mandate, came.hours, came.how, came.signed_at) == (seat, Decimal(4), "import", None)
    assert (came.session.held_on, came.session.course.title) == (date(2026, 3, 4), "党代表履职能力")
    assert (came.session.course.organization, came.session.course.year) == (district, 2026)


@pytest.mark.parametrize("said", ["2026.3.4", "2026年3月4日", "2026-03-04", "2026/3/4", "20260304", 20260304, 46085,
                                  datetime(2026, 3, 4),  # noqa: DTZ001 -- a cell knows no zone
                                  "　2026．03．04"])  # fmt: skip
def test_a_day_is_read_however_it_is_written(district, seat, said):
    write(sheet(ROW | {"日期": said}), district)
    assert TrainingSession.objects.get().held_on == date(2026, 3, 4)


def test_padding_synonyms_titles_totals_and_mark_are_understood(district, seat):
    header = ["序号", "培训内容", "培训时间", "学时", "姓名", "公民身份号码", "单位", "考试成绩", "备考"]
    row = {"序号": 1, "培训内容": "　党代表履职能力 ", "培训时间": "2026.03.04", "学时": "4学时", "姓名": "龚　娟　莺",
           "公民身份号码": f" {NUMBER}　", "单位": "明川区青江镇", "考试成绩": "92.5分", "备考": "x"}  # fmt: skip
    below = [["合计", "", "", "", "1人次"], ["填表人：张三"]]
    plan = write(sheet(row, header=header, title="2026年培训签到表", below=below), district)
    assert plan.counts["created"] == 1
    assert any("备考" in note for note in plan.notes)
    came = Attendance.objects.for_list().get()
    assert (came.mandate, came.score, came.session.course.title) == (seat, Decimal("92.5"), "党代表履职能力")


def test_without_a_number_the_name_and_the_township_tell_who_came(district, seat):
    other = make_mandate(make_congress(make_township(district, "石桥镇")), "龚娟莺")
    row = ROW | {"身份证号": ""}
    write(sheet(row), district)
    write(sheet(row | {"乡镇": "石桥镇"}), district)
    assert set(Attendance.objects.values_list("mandate", flat=True)) == {seat.pk, other.pk}
    assert problems(write(sheet(row | {"乡镇": "", "日期": "2026.03.05"}), district)) == [
        (2, "代表姓名", "The register holds several delegates of this name.")
    ]


def test_of_two_mandates_the_one_whose_term_ran_on_the_day_is_meant(district, seat):
    congress = make_congress(seat.congress.organization, 16, starts_on=date(2026, 6, 1))
    type(congress).objects.filter(pk=seat.congress_id).update(ends_on=date(2026, 6, 1))
    later = make_mandate(congress, seat.person)
    write(sheet(ROW, ROW | {"日期": "2026.07.01"}), district)
    found = dict(Attendance.objects.values_list("session__held_on", "mandate"))
    assert found == {date(2026, 3, 4): seat.pk, date(2026, 7, 1): later.pk}


@pytest.mark.parametrize(("change", "column", "sentence"), [
    ({"培训班": None}, "培训班", "培训班 is empty."),
    ({"日期": None}, "日期", "日期 is empty."),
    ({"日期": "2026.02.30"}, "日期", "“2026.02.30” is not a date."),
    ({"日期": "三月"}, "日期", "“三月” is not a date."),
    ({"日期": "2099.01.01"}, "日期", "“2099.01.01” lies in the future."),
    ({"日期": "0203.01.01"}, "日期", "“0203.01.01” is too long ago."),
    ({"日期": "=TODAY()"}, "日期", "The cell holds a formula or an error, not a value."),
    ({"课时": 0}, "课时", "“0” is no number of hours."),
    ({"课时": 25}, "课时", "“25” is no number of hours."),
    ({"课时": "-4"}, "课时", "“-4” is no number of hours."),
    ({"课时": "半天"}, "课时", "“半天” is no number of hours."),
    ({"课时": None}, "课时", "课时 is empty."),
    ({"代表姓名": None}, "代表姓名", "代表姓名 is empty."),
    ({"代表姓名": "龚娟"}, "身份证号", "In the register this ID number is 龚娟莺's."),
    ({"身份证号": "510789198408213224"}, "身份证号",
     "The last digit does not fit the other 17: a digit is mistyped."),
    ({"身份证号": "51070119620307001X", "代表姓名": "王文"}, "代表姓名",
     "青江镇 has no such delegate in the register."),
    ({"乡镇": "石桥镇"}, "代表姓名", "石桥镇 has no such delegate in the register."),
    ({"身份证号": "", "代表姓名": "王文", "乡镇": ""}, "代表姓名", "明川区 has no such delegate in the register."),
])  # fmt: skip
def test_a_bad_row_is_refused_for_its_own_reason_and_nothing_is_written(district, seat, change, column, sentence):
    plan = write(sheet(ROW, ROW | {"日期": "2026.03.05"} | change), district)
    assert problems(plan) == [(3, column, sentence)]
    assert all(cell.advice for row in plan.rows for cell in row.cells if cell.problem)
    assert NUMBER not in errors_workbook(plan).decode("latin-1")
    assert not Course.objects.exists()


def test_a_person_stands_once_for_a_course_and_a_day(district, seat):
    assert problems(write(sheet(ROW, ROW), district)) == [
        (3, "代表姓名", "This person stands already in sheet “培训签到”, row 2, for the same course and day.")
    ]


def test_a_sheet_without_header_or_columns_is_refused_and_an_empty_workbook_too(district):
    assert problems(write(sheet(header=["甲", "乙"]), district))[0][1:] == (
        "表头", "The sheet has no header row with 培训班、日期、课时、代表姓名.",
    )  # fmt: skip
    assert problems(write(sheet(header=["培训班", "代表姓名", "课时"]), district))[0][2] == "Columns are missing: 日期."
    twice = [*HEADER, "学时"]
    assert problems(write(sheet(ROW, header=twice), district))[0][2] == "The column is there twice."
    with pytest.raises(WorkbookRefused):
        write(sheet(), district)


def test_what_is_there_is_corrected_and_a_sign_in_by_telephone_keeps_its_time(district, seat):
    write(sheet(ROW), district)
    Attendance.objects.update(how="qr", signed_at=datetime(2026, 3, 4, 1, tzinfo=TZ), note="心得")
    plan = write(sheet(ROW | {"课时": 8}), district)
    assert plan.counts == {"created": 0, "updated": 1, "unchanged": 0, "rejected": 0}
    assert [(cell.before, cell.after) for cell in plan.rows[0].cells] == [("4", "8")]
    came = Attendance.objects.get()
    assert (came.hours, came.how, came.note, came.version) == (Decimal(8), "qr", "心得", 1)
    assert came.signed_at is not None


def test_a_townships_import_knows_no_delegate_of_the_neighbour(district, seat):
    neighbour = make_township(district, "石桥镇")
    assert "has no such delegate" in problems(write(sheet(ROW | {"乡镇": ""}), neighbour))[0][2]
    assert "has no such delegate" in problems(write(sheet(ROW | {"乡镇": "", "身份证号": ""}), neighbour))[0][2]


def test_a_day_planned_before_is_filled_and_keeps_its_facts(district, seat):
    session = make_session(district, date(2026, 3, 4), place="区委党校", hours=Decimal(6))
    assert write(sheet(ROW), district).notes == []
    assert Attendance.objects.get().session == session
    session.refresh_from_db()
    assert (session.hours, session.place) == (Decimal(6), "区委党校")


def test_the_console_writes_errors_beside_the_file_and_ends_with_the_counts(district, seat, tmp_path, capsys):
    book = Workbook()
    for row in (HEADER, [ROW[word] for word in HEADER], [*[ROW[word] for word in HEADER[:2]], 99, "龚娟莺", "", ""]):
        book.active.append(row)
    file = tmp_path / "签到.xlsx"
    book.save(file)
    with pytest.raises(SystemExit) as gone:
        call_command("import_training", file, organization=district.code)
    assert gone.value.code == 1
    assert capsys.readouterr().out.splitlines()[-1] == "created=0 updated=0 unchanged=0 rejected=1"
    errors = load_workbook(tmp_path / "签到.errors.xlsx").active
    assert [cell.value for cell in errors[2]][:4] == ["Sheet", 3, "课时", "99"]
    book.active.delete_rows(3)
    book.save(file)
    call_command("import_training", file, organization=district.code, dry_run=True)
    assert not Attendance.objects.exists()
    for last in ("created=1 updated=0 unchanged=0 rejected=0", "created=0 updated=0 unchanged=1 rejected=0"):
        call_command("import_training", file, organization=district.code)
        assert capsys.readouterr().out.splitlines()[-1] == last
    assert not (tmp_path / "签到.errors.xlsx").exists()
    with pytest.raises(CommandError):
        call_command("import_training", file, organization="9")


def test_the_page_takes_a_sign_in_list_in_as_well(district, seat, tmp_path):
    office = make_user(Role.OFFICE, district)
    file = shutil.copy(DATA / "training.xlsx", tmp_path)
    content = Path(file).read_bytes()
    imports.upload(content, "签到.xlsx", district, importer="training", create_missing=False, by=office)
    jobs.run_due()
    run = ImportRun.objects.get()
    assert run.state == "rejected"  # this district has one delegate of them
    assert run.rejected == 3118  # she came six times
    assert not Attendance.objects.exists()


def test_the_demonstration_is_made_once(district, tmp_path):
    from delegates.services import demo

    for _time in range(2):
        demo.seed(DATA / "roster.xlsx", tmp_path / "accounts.tsv")
        assert figures(None)["training_person_times"] == 3124
        assert TrainingSession.objects.count() == 23
        assert TrainingSession.objects.filter(sign_in_open=True).count() == 2
    assert set(Course.objects.filter(year=2026).values_list("plan__title", flat=True)) == {"2026年度党代表培训计划"}
    assert Mandate.objects.serving().count() == 956
