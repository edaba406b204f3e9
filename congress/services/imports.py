"""Workbooks on their way in: uploaded, checked by a worker, confirmed by a person, written by a worker."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pghistory
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from congress.kernel import audit, jobs
from congress.kernel.importing import Importer, Plan, errors_workbook
from congress.kernel.workbooks import SheetRead, read_workbook
from congress.kernel.workflow import SYSTEM, Refused
from congress.models import Attachment, ImportRow, ImportRun, ImportState, Job, Organization, RowOutcome, User
from congress.policies import MANAGE, holds
from congress.services import attachments
from congress.workflows import IMPORT


@transaction.atomic
def upload(
    content: bytes, name: str, organization: Organization, *, importer: str, create_missing: bool, by: User
) -> ImportRun:
    """Take a workbook in and owe its check. Raises `Refused` with a sentence if it is no workbook."""
    if importer not in settings.IMPORTERS or not holds(by, MANAGE, organization):
        raise PermissionDenied
    attachment = attachments.store(
        content, name=name, organization=organization, by=by, kinds={Attachment.Kind.XLSX}, sensitive=True
    )
    run = ImportRun.objects.create(
        importer=importer, organization=organization, attachment=attachment, create_missing=create_missing, by=by
    )
    jobs.post(f"check_import:{run.pk}", "check_import", run.pk)
    audit.record(
        "import_upload", by=by, subject=attachment.name, organization=organization, sha256=attachment.sha256, run=run.pk
    )
    return run


def check(run_id: int) -> None:
    """Judge every row of an uploaded workbook and write down what would happen; nothing else changes."""
    run = _waiting(run_id, ImportState.UPLOADED)
    if run is None:
        return
    with _answered(run, f"check_import:{run_id}"):
        plan = _importer(run).plan(_sheets(run), tell=_tell(run))
        with transaction.atomic():
            _write_down(run, plan)


def confirm(run: ImportRun, *, by: User) -> ImportRun:
    """Agree to what the check has shown: a worker writes it. Raises `Refused` if it is not waiting for that."""
    return IMPORT.take(run, "confirm", by=by)


def drop(run: ImportRun, *, by: User) -> ImportRun:
    """Give an import up. Raises `Refused` once it is confirmed."""
    return IMPORT.take(run, "drop", by=by)


def apply(run_id: int) -> None:
    """Write a confirmed import, exactly as it was shown, or not at all. Done again, it does nothing."""
    run = _waiting(run_id, ImportState.CONFIRMED)
    if run is None:
        return
    agreed = list(run.rows.values_list("sheet", "number", "outcome", "cells"))
    with _answered(run, f"apply_import:{run_id}"):
        sheets = _sheets(run)
        with pghistory.context(user=run.by_id, import_run=run.pk), transaction.atomic():
            plan = write(_importer(run), run.organization, sheets, agreed=agreed)
            done = IMPORT.take(run, "apply", by=SYSTEM, plan=plan)
            _record(done.attachment, plan, by=run.by, run=run.pk)


@transaction.atomic
def write(
    importer: Importer, organization: Organization, sheets: Sequence[SheetRead], *, agreed: list[Any] | None = None
) -> Plan:
    """Plan under locks and, if every row is fit, write. `agreed` is what a person has seen and said yes to.

    Raises `Refused` if the register has changed since, or somebody else is writing.
    """
    _one_writer(organization)
    plan = importer.plan(sheets, lock=True)
    if agreed is not None and agreed != [row.seen() for row in plan.rows]:
        raise Refused(
            _("Somebody changed the register after the check, so this import would do something else than was shown. "
              "Nothing was written; upload the workbook again.")
        )  # fmt: skip
    if plan.is_fit:
        try:
            with transaction.atomic():
                importer.write(plan)
        except IntegrityError as clash:
            raise Refused(
                _("Somebody entered one of these persons at the same moment. Nothing was written; try again.")
            ) from clash
    return plan


@dataclass(frozen=True)
class Result:
    """What a command says: sentences, and last the counts in the form scripts read."""

    lines: tuple[str, ...]
    succeeded: bool


def run_from_console(importer: Importer, organization: Organization, file: Path, *, dry_run: bool) -> Result:
    """Import a file for the operator, in one step. Rejected rows go into a workbook beside the file."""
    if file.stat().st_size > attachments.LARGEST_FILE:
        raise attachments.FileRefused(_("The file is larger than 20 MB."))
    try:
        plan = _plan_or_write(importer, organization, file, dry_run=dry_run)
    except Refused as refusal:
        return Result((str(refusal), _counts(Plan([], []))), succeeded=False)
    errors = file.with_name(f"{file.stem}.errors.xlsx")
    if plan.is_fit:
        errors.unlink(missing_ok=True)  # what an earlier try complained of is mended
    else:
        errors.write_bytes(errors_workbook(plan))
    return Result((*plan.notes, *_sentences(plan, errors, dry_run=dry_run), _counts(plan)), plan.is_fit)


def _plan_or_write(importer: Importer, organization: Organization, file: Path, *, dry_run: bool) -> Plan:
    content = file.read_bytes()
    sheets = read_workbook(content)
    if dry_run:
        return importer.plan(sheets)
    with pghistory.context(command="import"), transaction.atomic():
        plan = write(importer, organization, sheets)
        if plan.is_fit:
            digest = hashlib.sha256(content).hexdigest()
            audit.record(
                "import", by="console", subject=file.name, organization=organization, sha256=digest, **plan.counts
            )
    return plan


def _sentences(plan: Plan, errors: Path, *, dry_run: bool) -> list[str]:
    if not plan.is_fit:
        said = {"count": plan.count(RowOutcome.REJECTED), "file": errors}
        return [_("%(count)s rows are rejected; nothing was written. What to mend stands in %(file)s.") % said]
    if dry_run:
        return [_("This was a trial: nothing was written.")]
    if plan.changes_nothing:
        return [_("Nothing to do: the register holds all of this already.")]
    return []


def _counts(plan: Plan) -> str:
    # With one row rejected none is created or changed, so it may not say so.
    counts = plan.counts if plan.is_fit else {**plan.counts, "created": 0, "updated": 0}
    return " ".join(f"{outcome}={counts[outcome]}" for outcome in RowOutcome.values)


def _waiting(run_id: int, state: str) -> ImportRun | None:
    run = ImportRun.objects.select_related("attachment", "organization", "by").get(pk=run_id)
    return run if run.state == state else None


@contextmanager
def _answered(run: ImportRun, job: str) -> Iterator[None]:
    """Whatever happens to the work, the uploader gets an answer, in the language of those who will read it."""
    with translation.override(settings.LANGUAGE_CODE):
        try:
            yield
        except Refused as refusal:
            _fail(run, str(refusal))
        except Exception:
            if Job.objects.filter(key=job, attempts__gte=jobs.GIVE_UP_AFTER).exists():
                _fail(run, _("It could not be finished. The system administrator finds the cause in the log."))
            raise


def _importer(run: ImportRun) -> Importer:
    kind = import_string(settings.IMPORTERS[run.importer])
    return kind(run.organization, create_missing=run.create_missing)


def _sheets(run: ImportRun) -> list[SheetRead]:
    return read_workbook(attachments.read(run.attachment))


def _tell(run: ImportRun) -> Callable[[int], None]:
    def tell(percent: int) -> None:
        ImportRun.objects.filter(pk=run.pk).update(progress=percent)

    return tell


def _write_down(run: ImportRun, plan: Plan) -> None:
    run.rows.all().delete()
    ImportRow.objects.bulk_create(
        [
            ImportRow(
                run=run,
                sheet=row.sheet,
                number=row.number,
                outcome=row.outcome,
                title=row.title,
                cells=[cell.as_json() for cell in row.cells],
            )
            for row in plan.rows
        ],
        batch_size=1000,
    )
    if plan.is_fit:
        IMPORT.take(run, "check", by=SYSTEM, plan=plan)
        return
    stem = run.attachment.name.removesuffix(".xlsx")
    errors = attachments.keep(
        errors_workbook(plan),
        name=f"{stem}.errors.xlsx",
        kind=Attachment.Kind.XLSX,
        organization=run.organization,
        by=run.by,
    )
    IMPORT.take(run, "reject", by=SYSTEM, plan=plan, errors=errors)


def _record(attachment: Attachment, plan: Plan, *, by: User | None, run: int) -> None:
    audit.record(
        "import",
        by=by,
        subject=attachment.name,
        organization=attachment.organization,
        sha256=attachment.sha256,
        run=run,
        **plan.counts,
    )


def _fail(run: ImportRun, why: str) -> None:
    current = ImportRun.objects.get(pk=run.pk)
    if current.state in IMPORT.row("fail").source:  # or it was dropped, or finished by another worker
        IMPORT.take(run, "fail", by=SYSTEM, note=why)


def _one_writer(organization: Organization) -> None:
    """One import a district at a time; a second one is told, not kept waiting."""
    root = Organization.objects.above(organization).first()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_WRITERS, (root or organization).pk % 2**31])
        if not cursor.fetchone()[0]:
            raise Refused(_("Another import for this district is being written. Try again in a minute."))


_WRITERS = 0x1A9
