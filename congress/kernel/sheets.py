"""Workbooks of reports: the same rows as on paper, ready to print, with nothing in them that could calculate."""

import io
import re
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_FORBIDDEN_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
_LINE = Side(style="thin")
_GRID = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEADING = Font(name="宋体", size=16, bold=True)
_HEADER = Font(name="黑体", size=10.5)
_BODY = Font(name="仿宋", size=10.5)
_MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)


def workbook(heading: str, sections: Sequence[Any], *, landscape: bool, closing: str) -> bytes:
    """One sheet a section: heading, header, rows, totals, notes, and the line the office signs on."""
    book = Workbook(write_only=True)
    names: set[str] = set()
    for number, section in enumerate(sections, 1):
        sheet = book.create_sheet(_name(section.heading or heading, number, names))
        _set_up(sheet, section, landscape=landscape)
        _fill(sheet, heading, section, closing)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def text_cell(sheet: WriteOnlyWorksheet, value: Any) -> WriteOnlyCell:
    """A cell that shows the value and never calculates: text is typed as text and marked as quoted."""
    if isinstance(value, float):
        cell = WriteOnlyCell(sheet, value=float(value))
        cell.number_format = "0.0"
        return cell
    if isinstance(value, int):
        return WriteOnlyCell(sheet, value=value)
    text = _CONTROL.sub("", "" if value is None else str(value))
    cell = WriteOnlyCell(sheet, value=text)
    if text:
        cell.data_type = "s"
        cell.quotePrefix = text[0] in "=+-@\t\r\n"
    return cell


def _name(text: str, number: int, names: set[str]) -> str:
    clean = _FORBIDDEN_IN_NAMES.sub("", text)[:31] or str(number)
    if clean.lower() in names:
        clean = f"{clean[:26]}({number})"
    names.add(clean.lower())
    return clean


def _set_up(sheet: WriteOnlyWorksheet, section: Any, *, landscape: bool) -> None:
    for number, column in enumerate(section.columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    sheet.freeze_panes = "C4"
    sheet.print_title_rows = "1:3"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "— &P —"


def _fill(sheet: WriteOnlyWorksheet, heading: str, section: Any, closing: str) -> None:
    last = get_column_letter(len(section.columns))
    for row, text in ((1, heading), (2, section.heading)):
        sheet.append([_set(text_cell(sheet, text), _HEADING if row == 1 else _HEADER, _MIDDLE)])
        sheet.merged_cells.add(f"A{row}:{last}{row}")
    sheet.append([_set(text_cell(sheet, column.title), _HEADER, _MIDDLE, _GRID) for column in section.columns])
    aligned = [_LEFT if "left" in column.css else _MIDDLE for column in section.columns]
    for cells in [*section.table, section.totals]:
        if cells:
            pairs = zip(cells, aligned, strict=True)
            sheet.append([_set(text_cell(sheet, cell), _BODY, place, _GRID) for cell, place in pairs])
    for text in (*section.notes, closing):
        sheet.append([_set(text_cell(sheet, text), _BODY, Alignment(vertical="center"))])


def _set(cell: WriteOnlyCell, font: Font, alignment: Alignment, border: Border | None = None) -> WriteOnlyCell:
    cell.font, cell.alignment = font, alignment
    if border:
        cell.border = border
    return cell
