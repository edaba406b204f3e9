"""Workbooks in and out: opened under limits in a process of its own, written so that no text becomes a formula."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from congress.kernel import workbook_reader
from congress.kernel.sheets import text_cell
from congress.kernel.workflow import Refused

LARGEST_FILE: Final = 20 * 1024**2


class WorkbookRefused(Refused):
    """The file is not opened. The message says why and what to do."""


@dataclass(frozen=True)
class Formula:
    """A cell that holds a formula, or an error one left behind: nobody can say what its author saw."""

    text: str


Value = str | int | float | bool | datetime | Formula | None


@dataclass(frozen=True)
class Row:
    """One row that is not blank; `number` is what Excel shows in the margin."""

    number: int
    values: tuple[Value, ...]


@dataclass(frozen=True)
class SheetRead:
    """One visible sheet of an opened workbook."""

    title: str
    rows: tuple[Row, ...]


REASONS: Final = {
    "empty": _("The file is empty (0 bytes). Save the workbook again and upload that file."),
    "large": _("The file is larger than 20 MB. Split the workbook into several."),
    "encrypted": _("The workbook is protected by a password. Remove the password, save it and upload it again."),
    "old": _("This is an old .xls workbook. Open it in WPS or Excel and save it as “Excel workbook (.xlsx)”."),
    "other": _("This is not an .xlsx workbook. Open it in WPS or Excel and save it as “Excel workbook (.xlsx)”."),
    "damaged": _("The workbook is damaged or incomplete. Open it, save it under a new name and upload that file."),
    "parts": _("The workbook is made of too many parts. Copy the table alone into a new workbook."),
    "paths": _("The workbook holds parts with forbidden names. Copy the table into a new workbook."),
    "macros": _("The workbook holds macros. Save it as “Excel workbook (.xlsx)”, without macros."),
    "links": _("The workbook refers to other workbooks. Paste the values alone into a new workbook."),
    "expands": _("Unpacked, the workbook is too large. Copy the table alone into a new workbook."),
    "entities": _("The workbook holds XML that no spreadsheet program writes. Copy the table into a new workbook."),
    "rows": _("Sheet “%(sheet)s” is too large: at most 20,000 rows with content. Split it."),
    "columns": _("Sheet “%(sheet)s”, row %(row)s: more than 60 columns. Delete what stands right of the table."),
    "cell": _("Sheet “%(sheet)s”, row %(row)s: a cell holds more than 2,000 characters. Shorten it."),
    "time": _("The workbook takes too long to read. Copy the table alone into a new workbook."),
}  # fmt: skip


def read_workbook(content: bytes) -> list[SheetRead]:
    """The visible sheets as plain values; hidden ones (lists for drop-downs) are left out. Raises `WorkbookRefused`."""
    if len(content) > LARGEST_FILE:
        raise WorkbookRefused(REASONS["large"])
    sheets: list[tuple[str, bool, list[Row]]] = []
    for line in _lines(content):
        answer = json.loads(line)
        if isinstance(answer, list):
            sheets[-1][2].append(Row(answer[0], tuple(map(_value, answer[1]))))
        elif "refused" in answer:
            raise WorkbookRefused(REASONS[answer["refused"]] % answer)
        elif "sheet" in answer:
            sheets.append((answer["sheet"], answer["hidden"], []))
        else:
            return [SheetRead(title, tuple(rows)) for title, hidden, rows in sheets if not hidden]
    raise WorkbookRefused(REASONS["damaged"])


def package_kind(content: bytes) -> str:
    """ "xlsx" or "docx", after a look at every part under limits. Raises `WorkbookRefused`."""
    try:
        return workbook_reader.kind_of(content)
    except workbook_reader.Unfit as unfit:
        raise WorkbookRefused(REASONS[unfit.code] % unfit.said) from unfit


def write_table(title: str, header: Sequence[str], rows: Iterable[Sequence[Any]], widths: Sequence[float]) -> bytes:
    """A workbook of one plain table, its header frozen and filterable; no text in it can start a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A2"
    lines = [header, *rows]
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(header))}{len(lines)}"
    for line in lines:
        sheet.append([_wrapped(text_cell(sheet, value), bold=line is header) for value in line])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _wrapped(cell: Any, *, bold: bool) -> Any:
    cell.font, cell.alignment = Font(bold=bold), Alignment(vertical="top", wrap_text=True)
    return cell


def _lines(content: bytes) -> list[bytes]:
    command = [sys.executable, "-I", "-W", "ignore", Path(workbook_reader.__file__)]
    try:
        # No environment: the child that opens a stranger's file knows no secret of ours.
        done = subprocess.run(  # noqa: S603 -- our own file, nothing of the user's in the command
            command, input=content, capture_output=True, timeout=workbook_reader.SECONDS, env={}, check=False
        )
    except subprocess.TimeoutExpired:
        raise WorkbookRefused(REASONS["time"]) from None
    if done.returncode == -signal.SIGXCPU:
        raise WorkbookRefused(REASONS["time"])
    if done.returncode:
        raise WorkbookRefused(REASONS["expands"])
    return done.stdout.splitlines()


def _value(value: Any) -> Value:
    if isinstance(value, dict):
        return Formula(value["formula"]) if "formula" in value else datetime.fromisoformat(value["day"])
    return value
