"""The life of an import: uploaded, checked by a worker, confirmed by a person, written by a worker; or not at all."""

import io
import json
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation
from openpyxl import Workbook, load_workbook

from congress.kernel import jobs
from congress.kernel.workflow import Refused
from congress.models import AuditEvent, ImportRow, ImportRun, ImportState, Job, JournalEntry, Notice, Organization, Role
from congress.services import attachments, imports
from congress.workflows import IMPORT
from delegates.models import Mandate, Person
from tests.factories import make_district, make_township, make_user

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parent.parent / "data"
WORDING = {"importer": "roster", "create_missing": True}


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


@pytest.fixture
def district():
    return make_district()


@pytest.fixture
def office(district):
    return make_user(Role.OFFICE, district)


def workbook(post="青江镇财政所所长", gender="女", number="510789198408213223"):
    book = Workbook()
    page = book.active
    page.title = "青江镇"
    page.append(["青江镇第十五届党代表大会代表花名册"])
    page.append(
        [
            "姓名",
            "性别",
            "民族",
            "出生年月",
            "工作单位及职务",
            "代表类别",
            "选举单位",
            "产生方式",
            "联系电话",
            "身份证号",
        ]
    )
    page.append(
        ["龚娟莺", gender, "满", "1984.08", post, "领导干部", "安塘村党支部", "重新选举", "15655062048", number]
    )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def upload(district, by, content=None, name="花名册.xlsx"):
    return imports.upload(content or workbook(), name, district, **WORDING, by=by)


def fresh(run):
    return ImportRun.objects.get(pk=run.pk)


def counts(run):
    return run.created, run.updated, run.unchanged, run.rejected


def test_an_import_is_checked_shown_confirmed_and_written(district, office):
    run = upload(district, office)
    assert (run.state, Job.objects.get().kind) == (ImportState.UPLOADED, "check_import")
    assert jobs.run_due() == 1
    run = fresh(run)
    assert (run.state, counts(run), run.progress) == (ImportState.CHECKED, (1, 0, 0, 0), 100)
    assert run.problem.startswith("Missing, and made by this import: 1 townships, 1 congresses, 1 electing units")
    row = run.rows.get()
    assert (row.sheet, row.number, row.outcome, row.title) == ("青江镇", 3, "created", "龚娟莺")
    assert {"column": "工作单位及职务", "before": "", "after": "青江镇财政所所长"} in row.cells
    assert not Person.objects.exists()
    imports.confirm(run, by=office)
    assert not Person.objects.exists()
    assert jobs.run_due() == 1
    run = fresh(run)
    assert (run.state, counts(run)) == (ImportState.APPLIED, (1, 0, 0, 0))
    assert run.applied_at is not None
    assert Mandate.objects.get().person.name == "龚娟莺"


def test_personal_numbers_are_masked_in_the_preview(district, office):
    run = upload(district, office)
    jobs.run_due()
    stored = json.dumps(list(ImportRow.objects.values()), ensure_ascii=False, default=str)
    assert "510789198408213223" not in stored
    assert "15655062048" not in stored
    assert "5107**********3223" in stored
    assert "156****2048" in stored
    assert fresh(run).state == ImportState.CHECKED


def test_the_uploader_is_told_and_the_audit_knows(district, office):
    run = upload(district, office)
    jobs.run_due()
    imports.confirm(run, by=office)
    jobs.run_due()
    assert list(Notice.objects.order_by("pk").values_list("recipient", "subject")) == [
        (office.pk, "“花名册.xlsx” is checked: please look and confirm"),
        (office.pk, "“花名册.xlsx” is written into the register"),
    ]
    assert Notice.objects.order_by("pk").last().body == "New 1, changed 0, unchanged 0."
    assert all(f"/importrun/{run.pk}/" in notice.link for notice in Notice.objects.all())
    events = AuditEvent.objects.order_by("pk").values_list("action", "actor", "subject", "organization")
    where = ("花名册.xlsx", district.pk)
    assert list(events) == [("import_upload", office.username, *where), ("import", office.username, *where)]
    assert AuditEvent.objects.get(action="import").detail["sha256"] == run.attachment.sha256
    verbs = JournalEntry.objects.order_by("pk").values_list("verb", "by")
    assert list(verbs) == [("check", None), ("confirm", office.pk), ("apply", None)]


def test_a_bad_row_rejects_the_import_and_leaves_a_workbook_that_says_what_to_mend(district, office):
    run = upload(district, office, workbook(gender="?"))
    jobs.run_due()
    run = fresh(run)
    assert (run.state, counts(run)) == (ImportState.REJECTED, (0, 0, 0, 1))
    assert run.errors_attachment.name == "花名册.errors.xlsx"
    page = load_workbook(io.BytesIO(attachments.read(run.errors_attachment))).active
    assert [cell.value for cell in page[2]][:4] == ["青江镇", 3, "性别", "?"]
    assert Notice.objects.get().subject == "“花名册.xlsx” has 1 rows to mend"
    with pytest.raises(Refused):
        imports.confirm(run, by=office)
    assert imports.drop(run, by=office).state == ImportState.DROPPED


def test_a_workbook_nobody_can_read_fails_with_its_reason(district, office):
    book = Workbook()
    book.active.append(["只有一行"])
    out = io.BytesIO()
    book.save(out)
    run = upload(district, office, out.getvalue())
    attachments.default_storage.delete(run.attachment.file.name)
    jobs.run_due()
    run = fresh(run)
    assert (run.state, run.problem) == (ImportState.FAILED, "The stored file “花名册.xlsx” is missing.")
    assert Notice.objects.get().body == run.problem


def test_what_is_no_workbook_is_refused_at_the_door(district, office):
    with pytest.raises(Refused, match=r"not an \.xlsx workbook"):
        upload(district, office, b"hello")
    with pytest.raises(Refused, match=r"only \.xlsx"):
        upload(district, office, workbook(), "花名册.csv")
    assert not ImportRun.objects.exists()
    assert not Job.objects.exists()


def test_only_who_manages_the_branch_may_upload_confirm_or_drop(district, office):
    neighbour = make_user(Role.TOWNSHIP, make_township(district, "石桥镇"))
    auditor = make_user(Role.AUDITOR, district)
    reader = make_user(Role.ORGANISATION_DEPARTMENT, district)
    run = upload(district, office)
    jobs.run_due()
    for stranger in (neighbour, auditor, reader):
        with pytest.raises(PermissionDenied):
            upload(district, stranger)
        for verb in (imports.confirm, imports.drop):
            with pytest.raises(PermissionDenied):
                verb(run, by=stranger)
    with pytest.raises(PermissionDenied):
        imports.upload(workbook(), "x.xlsx", district, importer="unknown", create_missing=False, by=office)
    assert fresh(run).state == ImportState.CHECKED


def test_a_register_that_changed_since_the_check_is_not_overwritten(district, office):
    first = upload(district, office)
    jobs.run_due()
    imports.confirm(first, by=office)
    jobs.run_due()
    run = upload(district, office, workbook(post="青江镇副镇长"))
    jobs.run_due()
    assert counts(fresh(run)) == (0, 1, 0, 0)
    Person.objects.update(post="青江镇镇长")
    imports.confirm(run, by=office)
    jobs.run_due()
    run = fresh(run)
    assert run.state == ImportState.FAILED
    assert run.problem.startswith("Somebody changed the register after the check")
    assert Person.objects.get().post == "青江镇镇长"


def test_a_changed_number_that_looks_the_same_masked_is_noticed_too(district, office):
    first = upload(district, office)
    jobs.run_due()
    imports.confirm(first, by=office)
    jobs.run_due()
    person = Person.objects.get()
    person.put_sealed("phone", "15600002048")
    person.save()
    run = upload(district, office)
    jobs.run_due()
    assert fresh(run).rows.get().cells[0]["before"] == "156****2048"
    person.put_sealed("phone", "15611112048")
    person.save()
    imports.confirm(run, by=office)
    jobs.run_due()
    assert fresh(run).state == ImportState.FAILED
    assert Person.objects.get().get_sealed("phone") == "15611112048"


def test_checking_and_writing_twice_does_nothing_the_second_time(district, office):
    run = upload(district, office)
    for _twice in range(2):
        imports.check(run.pk)
    assert run.rows.count() == 1
    imports.confirm(run, by=office)
    for _twice in range(2):
        imports.apply(run.pk)
    assert Mandate.objects.count() == 1
    assert AuditEvent.objects.filter(action="import").count() == 1
    assert Notice.objects.count() == 2


def test_a_dropped_import_is_neither_checked_nor_written(district, office):
    run = upload(district, office)
    imports.drop(run, by=office)
    assert jobs.run_due() == 1
    assert fresh(run).state == ImportState.DROPPED
    checked = upload(district, office)
    jobs.run_due()
    imports.drop(checked, by=office)
    imports.apply(checked.pk)
    with pytest.raises(Refused):
        imports.confirm(checked, by=office)
    assert not Person.objects.exists()


def test_dropped_while_the_worker_reads_it_stays_dropped(district, office, monkeypatch):
    run = upload(district, office)
    real = imports._sheets

    def dropped_meanwhile(reading):
        sheets = real(reading)
        imports.drop(run, by=office)
        return sheets

    monkeypatch.setattr(imports, "_sheets", dropped_meanwhile)
    imports.check(run.pk)
    assert fresh(run).state == ImportState.DROPPED
    assert not ImportRow.objects.exists()


def test_a_failure_in_the_middle_leaves_nothing_and_the_next_try_writes_all(district, office, monkeypatch):
    run = upload(district, office)
    jobs.run_due()
    imports.confirm(run, by=office)
    with monkeypatch.context() as broken:
        broken.setattr(Mandate.objects, "bulk_create", _no_space)
        jobs.run_due()
    assert not Person.objects.exists()
    assert Organization.objects.count() == 1
    job = Job.objects.get(kind="apply_import")
    assert (fresh(run).state, job.attempts, job.done_at) == (ImportState.CONFIRMED, 1, None)
    assert "no space left" in job.error
    imports.apply(run.pk)
    assert fresh(run).state == ImportState.APPLIED


def test_after_the_last_try_the_uploader_gets_an_answer(district, office, monkeypatch):
    run = upload(district, office)
    jobs.run_due()
    imports.confirm(run, by=office)
    Job.objects.filter(kind="apply_import").update(attempts=jobs.GIVE_UP_AFTER - 1)
    monkeypatch.setattr(Mandate.objects, "bulk_create", _no_space)
    jobs.run_due()
    run = fresh(run)
    assert (run.state, run.problem[:26]) == (ImportState.FAILED, "It could not be finished. ")
    assert Notice.objects.filter(subject__contains="was not imported").count() == 1


def _no_space(*args, **kwargs):
    raise OSError("no space left")


def test_progress_can_be_seen_while_a_workbook_is_checked(district, office, monkeypatch):
    run = imports.upload(
        (DATA / "roster.xlsx").read_bytes(), "roster.xlsx", district, importer="roster", create_missing=True, by=office
    )
    seen = []
    real = imports._tell

    def watched(checked):
        tell = real(checked)

        def both(percent):
            tell(percent)
            seen.append(fresh(checked).progress)

        return both

    monkeypatch.setattr(imports, "_tell", watched)
    imports.check(run.pk)
    assert seen == sorted(seen)
    assert len(seen) == 24
    assert 0 < seen[0] < seen[-1] < 100
    assert counts(fresh(run)) == (956, 0, 0, 0)


@pytest.mark.parametrize("state", ImportState.values)
@pytest.mark.parametrize("verb", sorted(IMPORT.by_verb))
def test_what_is_not_in_the_table_is_refused_and_leaves_no_line(district, office, state, verb):
    if state in IMPORT.row(verb).source:
        return
    run = upload(district, office)
    ImportRun.objects.filter(pk=run.pk).update(state=state)
    actor = office if verb in {"confirm", "drop"} else None
    with pytest.raises(Refused):
        IMPORT.take(run, verb, by=actor)
    assert fresh(run).state == state
    assert not JournalEntry.objects.exists()


@pytest.mark.parametrize("verb", ["check", "reject", "fail", "apply"])
def test_no_person_takes_what_only_a_worker_may(district, office, verb):
    run = upload(district, office)
    with pytest.raises(PermissionDenied):
        IMPORT.take(run, verb, by=office)
