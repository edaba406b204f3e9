"""Lists of a plain header row and one fact a cell: where the columns stand, and what each row says. Pure reading."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from django.utils.translation import gettext as _

from congress.kernel.workbooks import Formula, Row, SheetRead, Value
from delegates.kernel import facts
from delegates.kernel.facts import Unreadable
from delegates.kernel.rosters import Column, Fault, is_blank

_TOTAL: Final = re.compile(r"^(合计|总计|共计|小计)[:：]?\d*[人名次件]*$")
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
class ListRead:
    """A sheet, taken apart."""

    sheet: str
    lines: list[Line] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True)
class Layout:
    """The columns of a kind of list, the one by which its header is known, and how each cell is read."""

    columns: Sequence[Column]
    key: str
    readers: Mapping[str, Callable[[Value], Any]]
    secret: Sequence[str] = ()  # columns whose values are shown masked

    @cached_property
    def labels(self) -> dict[str, str]:
        return {column.key: column.label for column in self.columns if column.key}

    @cached_property
    def required(self) -> list[str]:
        return [column.key for column in self.columns if column.required]

    @cached_property
    def by_header(self) -> dict[str, Column]:
        return {word: column for column in self.columns for word in (column.label, *column.synonyms)}

    def take_apart(self, sheet: SheetRead) -> ListRead | None:
        """The list on the sheet, with its faults; nothing if the sheet is empty."""
        if not sheet.rows:
            return None
        found = ListRead(sheet.title)
        header = next((row for row in sheet.rows[:_SEARCHED] if self._is_header(row)), None)
        if header is None:
            named = "、".join(self.labels[key] for key in self.required)
            fault = Fault(
                sheet.rows[0].number, "表头", "",
                _("The sheet has no header row with %(columns)s.") % {"columns": named},
                _("Add the header row, or delete the sheet if it is another list."),
            )  # fmt: skip
            found.faults.append(fault)
            return found
        places = self._places(header, found)
        for row in sheet.rows:
            if row.number > header.number and not _is_aside(row):
                cells = {key: row.values[place] for place, key in places.items() if place < len(row.values)}
                if given := {key: value for key, value in cells.items() if not is_blank(value)}:
                    found.lines.append(self._read_row(row.number, given))
        return found

    def _is_header(self, row: Row) -> bool:
        known = {self.by_header[word].key for word in self._headers(row) if word in self.by_header}
        return self.key in known and len(known & set(self.required)) >= 2

    def _headers(self, row: Row) -> Iterator[str]:
        for value in row.values:
            words = "".join(str(value).split()).strip("*＊") if isinstance(value, str) else ""
            yield words if words in self.by_header else _BRACKETED.sub("", words)

    def _places(self, header: Row, found: ListRead) -> dict[int, str]:
        """Where each known column stands; what is unknown, missing or there twice is said."""
        places: dict[int, str] = {}
        for place, words in enumerate(self._headers(header)):
            column = self.by_header.get(words)
            if column is None:
                found.unknown += [words] if words else []
            elif column.key in places.values():
                twice = _("The column is there twice."), _("Delete one of the two.")
                found.faults.append(Fault(header.number, column.label, words, *twice))
            elif column.key:
                places[place] = column.key
        missing = [self.labels[key] for key in self.required if key not in places.values()]
        if missing:
            fault = Fault(
                header.number, "表头", "",
                _("Columns are missing: %(columns)s.") % {"columns": "、".join(missing)},
                _("Add these columns to the header row."),
            )  # fmt: skip
            found.faults.append(fault)
        return places

    def _read_row(self, number: int, given: Mapping[str, Value]) -> Line:
        line = Line(number)
        for key, value in given.items():
            try:
                line.facts[key] = self.readers[key](_plain(value))
            except Unreadable as fault:
                shown = facts.shown(value)
                shown = facts.masked(shown) if key in self.secret else shown
                line.problems.append(Problem(self.labels[key], shown, fault.problem, fault.advice))
        for key in self.required:
            if key not in given:
                empty = _("%(column)s is empty.") % {"column": self.labels[key]}
                line.problems.append(
                    Problem(self.labels[key], "", empty, _("Fill it in; in merged cells only the first counts."))
                )
        return line


def _is_aside(row: Row) -> bool:
    """A total, or a remark below the table."""
    first = next((value for value in row.values if not is_blank(value)), None)
    words = "".join(str(first).split()) if isinstance(first, str) else ""
    return bool(_TOTAL.match(words) or _REMARK.match(words))


def _plain(value: Value) -> Value:
    if isinstance(value, Formula):
        raise Unreadable(
            _("The cell holds a formula or an error, not a value."),
            _("Copy the cell and paste it in place as a value (“paste values only”)."),
        )
    return value
