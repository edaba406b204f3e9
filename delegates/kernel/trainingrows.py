"""How a training sign-in list is laid out on a sheet, and what each of its rows says. Pure reading, no register."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from congress.kernel.workbooks import Formula, Row, SheetRead, Value
from delegates.kernel import facts
from delegates.kernel.facts import Unreadable
from delegates.kernel.rosters import Column, Fault, is_blank

# fmt: off
COLUMNS: Final = (
    Column("", "序号", ("编号",)),
    Column("course", "培训班", ("培训班名称", "培训名称", "培训内容", "课程", "课程名称"), required=True),
    Column("day", "日期", ("培训日期", "培训时间", "时间"), required=True),
    Column("hours", "课时", ("学时", "培训学时", "培训课时"), required=True),
    Column("name", "代表姓名", ("姓名", "参训代表"), required=True),
    Column("id_number", "身份证号", ("公民身份号码", "身份证号码")),
    Column("town", "乡镇", ("单位", "所属乡镇", "所在乡镇")),
    Column("score", "成绩", ("考试成绩", "测试成绩")),
)
# fmt: on
LABELS: Final = {column.key: column.label for column in COLUMNS if column.key}
REQUIRED: Final = [column.key for column in COLUMNS if column.required]
_BY_HEADER: Final = {word: column for column in COLUMNS for word in (column.label, *column.synonyms)}
_TOTAL: Final = re.compile(r"^(合计|总计|共计|小计)[:：]?\d*[人名次]*$")
_REMARK: Final = re.compile(r"^[（(*※注]|^(填报|填表|制表|审核|说明|备注|联系人|报送)[^:：]{0,8}[:：]")
_BRACKETED: Final = re.compile(r"[（(].*?[）)]")
_SEARCHED: Final = 15  # a header stands in the first rows or nowhere


@dataclass(frozen=True)
class Problem:
    """A cell that cannot be taken as it is. `value` is fit to show."""

    column: str
    value: str
    problem: str
    advice: str


@dataclass
class Line:
    """One row: what it says, and what is wrong with it. A fact that is blank, or cannot be read, is not in it."""

    number: int
    facts: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


@dataclass
class SignInList:
    """A sheet, taken apart."""

    sheet: str
    lines: list[Line] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def take_apart(sheet: SheetRead, today: date) -> SignInList | None:
    """The list on the sheet, with its faults; nothing if the sheet is empty."""
    if not sheet.rows:
        return None
    found = SignInList(sheet.title)
    header = next((row for row in sheet.rows[:_SEARCHED] if _is_header(row)), None)
    if header is None:
        fault = Fault(
            sheet.rows[0].number, "表头", "",
            _("The sheet has no header row with 培训班, 日期, 课时, 代表姓名."),
            _("Add the header row, or delete the sheet if it is no sign-in list."),
        )  # fmt: skip
        found.faults.append(fault)
        return found
    places = _places(header, found)
    for row in sheet.rows:
        if row.number > header.number and not _is_aside(row):
            cells = {key: row.values[place] for place, key in places.items() if place < len(row.values)}
            if given := {key: value for key, value in cells.items() if not is_blank(value)}:
                found.lines.append(_read_row(row.number, given, today))
    return found


def _is_header(row: Row) -> bool:
    known = {_BY_HEADER[word].key for word in _headers(row) if word in _BY_HEADER}
    return "name" in known and len(known & set(REQUIRED)) >= 2


def _headers(row: Row) -> Iterator[str]:
    for value in row.values:
        words = "".join(str(value).split()).strip("*＊") if isinstance(value, str) else ""
        yield words if words in _BY_HEADER else _BRACKETED.sub("", words)


def _is_aside(row: Row) -> bool:
    """A total, or a remark below the table."""
    first = next((value for value in row.values if not is_blank(value)), None)
    words = "".join(str(first).split()) if isinstance(first, str) else ""
    return bool(_TOTAL.match(words) or _REMARK.match(words))


def _places(header: Row, found: SignInList) -> dict[int, str]:
    """Where each known column stands; what is unknown, missing or there twice is said."""
    places: dict[int, str] = {}
    for place, words in enumerate(_headers(header)):
        column = _BY_HEADER.get(words)
        if column is None:
            found.unknown += [words] if words else []
        elif column.key in places.values():
            twice = _("The column is there twice."), _("Delete one of the two.")
            found.faults.append(Fault(header.number, column.label, words, *twice))
        elif column.key:
            places[place] = column.key
    missing = [LABELS[key] for key in REQUIRED if key not in places.values()]
    if missing:
        fault = Fault(
            header.number, "表头", "",
            _("Columns are missing: %(columns)s.") % {"columns": "、".join(missing)},
            _("Add these columns to the header row."),
        )  # fmt: skip
        found.faults.append(fault)
    return places


def _read_row(number: int, given: Mapping[str, Value], today: date) -> Line:
    line = Line(number)
    readers: dict[str, Callable[[Value], Any]] = {
        "course": lambda value: facts.text(value, 120),
        "day": lambda value: facts.day(value, today),
        "hours": facts.hours,
        "name": lambda value: facts.name(value)[0],
        "id_number": lambda value: facts.id_number(value, None, None),
        "town": lambda value: facts.text(value, 100),
        "score": facts.score,
    }
    for key, value in given.items():
        try:
            line.facts[key] = readers[key](_plain(value))
        except Unreadable as fault:
            shown = facts.shown(value)
            shown = facts.masked(shown) if key == "id_number" else shown
            line.problems.append(Problem(LABELS[key], shown, fault.problem, fault.advice))
    for key in REQUIRED:
        if key not in given:
            empty = _("%(column)s is empty.") % {"column": LABELS[key]}
            line.problems.append(
                Problem(LABELS[key], "", empty, _("Fill it in; in merged cells only the first counts."))
            )
    return line


def _plain(value: Value) -> Value:
    if isinstance(value, Formula):
        raise Unreadable(
            _("The cell holds a formula or an error, not a value."),
            _("Copy the cell and paste it in place as a value (“paste values only”)."),
        )
    return value
