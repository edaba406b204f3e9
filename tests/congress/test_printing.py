"""From the wish to the file: states, rights, the record, and no work done twice."""

import hashlib
import re

import pytest
from django.utils import timezone

from congress.kernel import jobs
from congress.kernel.reports import ReportRefused
from congress.kernel.workflow import SYSTEM
from congress.models import Attachment, AuditEvent, Job, JournalEntry, Notice, PrintedReport, PrintState, Role
from congress.policies import PRINTS, revoke_roles
from congress.services import attachments, printing
from congress.workflows import PRINT
from tests.factories import make_congress, make_district, make_mandate, make_township, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def congress():
    congress = make_congress(make_township(make_district(), "青江镇"))
    make_mandate(congress, "田大利", id_number="510705195010143308", phone="17810133156")
    make_mandate(congress, "田富")
    return congress


@pytest.fixture
def clerk(congress):
    return make_user(Role.TOWNSHIP, congress.organization)


def printed(congress, by, key="p01-roster", file_format="xlsx", **params):
    row = printing.ask(key, {"congress": congress.code, **params}, file_format, by)
    jobs.run_due()
    row.refresh_from_db()
    return row


def test_a_print_is_made_kept_recorded_and_announced(congress, clerk):
    row = printing.ask("p01-roster", {"congress": congress.code}, "xlsx", by=clerk)
    assert (row.state, row.title) == (PrintState.QUEUED, "中国共产党青江镇第十五届代表大会代表名册")
    assert jobs.run_due() == 1
    row.refresh_from_db()
    assert (row.state, row.rows, row.progress) == (PrintState.READY, 2, 100)
    assert row.attachment.name == "中国共产党青江镇第十五届代表大会代表名册.xlsx"
    content = attachments.read(row.attachment)
    assert hashlib.sha256(content).hexdigest() == row.attachment.sha256
    event = AuditEvent.objects.get(action="print")
    assert (event.actor, event.organization) == (clerk.username, congress.organization)
    assert event.detail == {
        "key": "p01-roster",
        "params": {"congress": congress.code},
        "format": "xlsx",
        "rows": 2,
        "sha256": row.attachment.sha256,
        "rendered": True,
    }
    assert Notice.objects.get().recipient == clerk
    assert [entry.verb for entry in JournalEntry.objects.order_by("pk")] == ["start", "finish"]
    assert PRINTS.may_view(clerk, row)


def test_an_unchanged_report_asked_for_twice_is_not_rendered_twice(congress, clerk):
    first, second = printed(congress, clerk, file_format="pdf"), printed(congress, clerk, file_format="pdf")
    assert second.attachment == first.attachment
    assert [event.detail["rendered"] for event in AuditEvent.objects.filter(action="print").order_by("pk")] == [
        True,
        False,
    ]
    make_mandate(congress, "于洋")
    third = printed(congress, clerk, file_format="pdf")
    assert third.attachment != first.attachment
    assert Attachment.objects.count() == 2


def test_a_colleague_gets_a_print_of_his_own(congress, clerk):
    colleague = make_user(Role.TOWNSHIP, congress.organization)
    assert printed(congress, clerk).attachment != printed(congress, colleague).attachment


def test_a_neighbour_may_not_print_what_he_may_not_see(congress):
    neighbour = make_user(Role.TOWNSHIP, make_township(congress.organization.parent, "石桥镇"))
    with pytest.raises(ReportRefused, match=congress.code):
        printing.ask("p01-roster", {"congress": congress.code}, "pdf", by=neighbour)
    assert not PrintedReport.objects.exists()


def test_rights_taken_away_before_the_worker_comes_stop_the_print(congress, clerk):
    row = printing.ask("p01-roster", {"congress": congress.code}, "pdf", by=clerk)
    revoke_roles(clerk)
    jobs.run_due()
    row.refresh_from_db()
    assert (row.state, row.attachment) == (PrintState.FAILED, None)
    assert congress.code in row.problem
    assert AuditEvent.objects.get(action="print").succeeded is False


def test_a_print_whose_worker_died_is_taken_up_again(congress, clerk):
    row = printing.ask("p01-roster", {"congress": congress.code}, "xlsx", by=clerk)
    PRINT.take(row, "start", by=SYSTEM)
    jobs.run_due()
    row.refresh_from_db()
    assert row.state == PrintState.READY


def test_a_finished_print_is_not_made_again_by_a_second_run_of_its_job(congress, clerk):
    row = printed(congress, clerk)
    printing.render(row.pk)
    assert AuditEvent.objects.filter(action="print").count() == 1


def test_what_cannot_be_printed_says_why(congress, clerk):
    make_mandate(congress, "田\U0003134a")
    row = printed(congress, clerk, file_format="pdf")
    assert row.state == PrintState.FAILED
    assert "\U0003134a" in row.problem
    assert "3" in row.problem
    assert Notice.objects.get().body == row.problem


def test_an_unexpected_failure_is_tried_again_and_told_at_the_last_try(congress, clerk, settings, tmp_path):
    (tmp_path / "full").write_text("a file where a folder should be")
    settings.MEDIA_ROOT = tmp_path / "full"
    row = printing.ask("p01-roster", {"congress": congress.code}, "xlsx", by=clerk)
    jobs.run_due()
    row.refresh_from_db()
    assert (row.state, row.problem) == (PrintState.RENDERING, "")
    Job.objects.update(attempts=jobs.GIVE_UP_AFTER - 1, run_after=timezone.now())
    jobs.run_due()
    row.refresh_from_db()
    assert row.state == PrintState.FAILED
    assert row.problem
    assert Notice.objects.get().recipient == clerk


def test_the_preview_is_a_page_of_this_site_without_a_style_of_its_own(congress, clerk):
    html = printing.preview_html("p01-roster", {"congress": congress.code}, by=clerk)
    assert '<link rel="stylesheet" href="/static/css/print.css">' in html
    assert "<style" not in html
    assert " style=" not in html
    assert "田　富" in html


def test_no_print_holds_a_personal_number_unless_it_was_asked_for_with_a_reason(congress, clerk):
    for key in ("p01-roster", "p02-registration", "p03-structure"):
        html = printing.preview_html(key, {"congress": congress.code}, by=clerk)
        assert not re.search(r"\d{11,}", html)
    params = {"congress": congress.code, "reveal": "1"}
    with pytest.raises(ReportRefused):
        printing.preview_html("p02-registration", params, by=clerk)
    asked = params | {"reason": "换届资格审查"}
    with pytest.raises(ReportRefused, match="预览"):
        printing.preview_html("p02-registration", asked, by=clerk)
    assert not AuditEvent.objects.filter(action="reveal").exists()
    printing.ask("p02-registration", asked, "html", by=clerk)
    jobs.run_due()
    kept = PrintedReport.objects.get().attachment
    with attachments.open_file(kept) as file:
        html = file.read().decode()
    assert "510705195010143308" in html
    assert "用途：换届资格审查" in html
    reveals = AuditEvent.objects.filter(action="reveal")
    assert [event.detail for event in reveals] == [{"reason": "换届资格审查"}] * 2


def test_only_who_may_reveal_gets_numbers_unmasked(congress):
    reader = make_user(Role.WORKROOM, congress.organization)
    params = {"congress": congress.code, "reveal": "1", "reason": "换届资格审查"}
    with pytest.raises(ReportRefused):
        printing.ask("p02-registration", params, "pdf", by=reader)


def test_no_more_persons_are_revealed_in_an_hour_than_the_rule_allows(congress, clerk):
    for number in range(30):
        make_mandate(congress, f"田{chr(0x4E00 + number)}")
    params = {"congress": congress.code, "reveal": "1", "reason": "换届资格审查"}
    with pytest.raises(ReportRefused, match="30"):
        printing.preview_html("p02-registration", params, by=clerk)
