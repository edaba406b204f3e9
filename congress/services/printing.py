"""Printing: asked for in a page, made by a worker, kept with its fingerprint, made once."""

import hashlib
import time
from collections.abc import Mapping
from typing import Any

from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from congress.kernel import audit, jobs, notices
from congress.kernel.reports import Report, ReportRefused, Section, report_class
from congress.kernel.workflow import SYSTEM
from congress.models import Attachment, PrintedReport, PrintState, User
from congress.policies import PRINTS
from congress.services import attachments
from congress.workflows import PRINT

PREVIEW_RECORDS = 300
JOB = "print:%d"
AT_HAND = 600  # seconds


@transaction.atomic
def ask(key: str, params: Mapping[str, Any], file_format: str, by: User) -> PrintedReport:
    """Owe `by` a print. It is made after this transaction; the row says how far it is.

    Raises `ReportRefused` with a sentence if there is no such report, a parameter does not fit, or it
    names something `by` may not see.
    """
    if not PRINTS.may_list(by):
        raise PermissionDenied  # prints are the staff's: a delegate has his record in the portal
    report = report_class(key)(by, params)
    if file_format not in report.formats:
        raise ReportRefused(_("This report is not made as %(format)s.") % {"format": file_format.upper()})
    printed = PrintedReport.objects.create(
        key=key,
        title=report.heading[:200],
        params=report.asked,
        format=file_format,
        organization=report.organization,
        by=by,
    )
    jobs.post(JOB % printed.pk, "print", printed.pk)
    return printed


def render(printed_id: int) -> None:
    """The job: make the file and keep it, or say why not. May run twice; a crash is taken up by the next try."""
    printed = PrintedReport.objects.select_related("by", "organization").get(pk=printed_id)
    if printed.state in (PrintState.READY, PrintState.FAILED):
        return
    printed = PRINT.take(printed, "start", by=SYSTEM)
    try:
        # The rights are asked again: they may have been taken away since the print was asked for.
        if not printed.by.is_active:
            raise ReportRefused(_("The account that asked for this print is closed."))
        _make(printed, report_class(printed.key)(printed.by, printed.params))
    except ReportRefused as refused:
        _give_up(printed, str(refused))
    except Exception:
        if jobs.is_last_try(JOB % printed.pk):
            _give_up(printed, _("The document could not be made. The system administrator finds the cause in the log."))
        raise


def _make(printed: PrintedReport, report: Report) -> None:
    content_hash = report.content_hash(printed.format)
    attachment = _made_before(printed, content_hash)
    fresh = attachment is None
    if attachment is None:
        content = report.render(printed.format, _Progress(printed.pk))
        attachment = attachments.keep(
            content,
            name=f"{report.heading}.{printed.format}",
            kind=printed.format,
            organization=report.organization,
            by=printed.by,
            sensitive=bool(report.reveals()),
        )
    with transaction.atomic():
        printed = PRINT.take(
            printed, "finish", by=SYSTEM, attachment=attachment, rows=report.count, content_hash=content_hash
        )
        record(report, by=printed.by, file_format=printed.format, sha256=attachment.sha256, rendered=fresh)
        _tell(printed, "congress/notices/print_ready.txt")


def record(report: Report, *, by: Any, file_format: str, sha256: str, rendered: bool = True) -> None:
    """Write the print into the security record, and each person whose numbers it shows unmasked."""
    audit.record(
        "print",
        by=by,
        subject=report.recorded_as,
        organization=report.organization,
        key=report.key,
        params=report.asked,
        format=file_format,
        rows=report.count,
        sha256=sha256,
        rendered=rendered,
    )
    _record_reveals(report, by)


def _record_reveals(report: Report, by: Any) -> None:
    reason = report.asked.get("reason", "")
    for subject, organization in report.reveals():
        audit.record("reveal", by=by, subject=subject, organization=organization, reason=reason)


def _made_before(printed: PrintedReport, content_hash: str) -> Attachment | None:
    twin = (
        PrintedReport.objects.filter(
            content_hash=content_hash, state=PrintState.READY, attachment__removed_at=None, attachment__isnull=False
        )
        .select_related("attachment")
        .first()
    )
    return twin.attachment if twin else None


def _give_up(printed: PrintedReport, problem: str) -> None:
    with transaction.atomic():
        printed = PRINT.take(printed, "fail", by=SYSTEM, note=problem)
        audit.record(
            "print",
            by=printed.by,
            subject=printed.title,
            organization=printed.organization,
            succeeded=False,
            key=printed.key,
            params=printed.params,
            format=printed.format,
        )
        _tell(printed, "congress/notices/print_failed.txt")


def _tell(printed: PrintedReport, template: str) -> None:
    try:
        link = reverse("admin:congress_printedreport_change", args=[printed.pk])
    except NoReverseMatch:
        link = ""
    notices.post(f"print:{printed.pk}:{printed.state}", template, printed.by, link=link, printed=printed)


class _Progress:
    """Writes how far the print is, at most once a second and never backwards, outside any transaction."""

    def __init__(self, printed_id: int) -> None:
        self.printed_id, self.percent, self.at = printed_id, 0, 0.0

    def __call__(self, percent: int) -> None:
        if percent > self.percent and time.monotonic() - self.at >= 1:
            self.percent, self.at = percent, time.monotonic()
            PrintedReport.objects.filter(pk=self.printed_id, state=PrintState.RENDERING).update(progress=percent)


def preview_html(key: str, params: Mapping[str, Any], *, by: User) -> str:
    """The document as a page of this site, its first 300 rows. Raises `ReportRefused` as `ask` does.

    It shows no personal number in clear: an address that did could be sent to somebody as a link.
    """
    if not PRINTS.may_list(by):
        raise PermissionDenied
    report = report_class(key)(by, params)
    if report.reveals():
        raise ReportRefused(_("A preview shows personal numbers masked only. Have the document made to see them."))
    shown: list[Section] = []
    room = PREVIEW_RECORDS
    for section in report.sections:
        if room <= 0:
            break
        shown.append(section.piece(0, room))
        room -= len(section.records)
    return report.html(shown, medium="screen", left_out=max(report.count - PREVIEW_RECORDS, 0))


def at_once(report: Report, *, by: User) -> bytes:
    """A sheet or two, made while their reader waits, and written into the security record.

    Equal sheets of one reader are made once in ten minutes. Raises `ReportRefused` with a sentence.
    """
    key = f"print:{report.content_hash('pdf')}"
    content = cache.get(key)
    fresh = content is None
    if content is None:
        content = report.render("pdf")
        cache.set(key, content, AT_HAND)
    record(report, by=by, file_format="pdf", sha256=hashlib.sha256(content).hexdigest(), rendered=fresh)
    return content
