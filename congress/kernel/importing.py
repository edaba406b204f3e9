"""What an import would do, row by row: planned, shown, confirmed, and only then written."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from congress.kernel.workbooks import SheetRead, write_table
from congress.models import Organization, RowOutcome

Tell = Callable[[int], None]  # told the percentage done


@dataclass
class PlannedCell:
    """One new, changed or wrong cell, as it may be shown: personal numbers are masked already."""

    column: str
    before: str = ""
    after: str = ""
    problem: str = ""
    advice: str = ""
    mark: str = ""  # tells two changes apart that look alike when masked

    def as_json(self) -> dict[str, str]:
        return {name: value for name, value in vars(self).items() if value or name in {"column", "before", "after"}}


@dataclass
class PlannedRow:
    """One row of the workbook, and what would come of it."""

    sheet: str
    number: int
    title: str
    outcome: RowOutcome = RowOutcome.UNCHANGED
    cells: list[PlannedCell] = field(default_factory=list)

    def reject(self, column: str, value: str, problem: str, advice: str) -> None:
        """Say what is wrong; the row will not be written, and no other either."""
        if self.outcome != RowOutcome.REJECTED:
            self.outcome, self.cells = RowOutcome.REJECTED, []
        self.cells.append(PlannedCell(column, after=value, problem=problem, advice=advice))

    def seen(self) -> tuple[Any, ...]:
        """What somebody who looked at the preview has agreed to."""
        return self.sheet, self.number, self.outcome, [cell.as_json() for cell in self.cells]


@dataclass
class Plan:
    """Everything one workbook would do. `work` is the importer's own."""

    rows: list[PlannedRow]
    notes: list[str]
    work: Any = None

    @property
    def is_fit(self) -> bool:
        return not self.count(RowOutcome.REJECTED)

    @property
    def changes_nothing(self) -> bool:
        return self.count(RowOutcome.UNCHANGED) == len(self.rows)

    def count(self, outcome: RowOutcome) -> int:
        return self.counts[outcome]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows of each outcome."""
        found = Counter(row.outcome for row in self.rows)
        return {str(outcome): found[outcome] for outcome in RowOutcome}


class Importer(Protocol):
    """A kind of workbook. Made for one organisation; it plans without writing, and writes what it planned."""

    title: Any  # what the office calls this kind of workbook

    def __init__(self, organization: Organization, *, create_missing: bool) -> None: ...

    def plan(self, sheets: Sequence[SheetRead], *, lock: bool = False, tell: Tell = ...) -> Plan:
        """What would happen. With `lock`, the rows compared with stay as they are until the transaction ends."""
        ...

    def write(self, plan: Plan) -> None:
        """Write a fit plan, in the transaction it was made in under `lock`."""
        ...


def errors_workbook(plan: Plan) -> bytes:
    """The rejected rows as a workbook in Chinese: where, what stands there, what is wrong, what to do."""
    lines = [
        (row.sheet, row.number, cell.column, cell.after, cell.problem, cell.advice)
        for row in plan.rows
        for cell in row.cells
        if cell.problem
    ]
    header = ("工作表", "行", "列", "填写内容", "问题", "处理办法")
    return write_table("错误清单", header, lines, (16, 8, 18, 28, 48, 48))
