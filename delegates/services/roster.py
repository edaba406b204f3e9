"""The roster workbook: one sheet a township. Planned row by row, written all or nothing."""

from collections.abc import Sequence
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.fields import blind_index
from congress.kernel.importing import Plan, PlannedRow, Tell
from congress.kernel.workbooks import SheetRead, WorkbookRefused
from congress.models import Organization, RowOutcome
from delegates.kernel.rosterrows import Reading, read_row
from delegates.kernel.rosters import Table, take_apart
from delegates.services.roster_plan import Judge
from delegates.services.roster_register import Register
from delegates.services.roster_targets import Target, Towns
from delegates.services.roster_write import write_entries

Read = list[tuple[Table, Target | None, list[tuple[int, Reading]]]]


def _silent(percent: int) -> None:
    """Nobody waits for the progress."""


class RosterImport:
    """Rosters of the townships of a district, or of one township. Delegates the file does not name stay as they are."""

    title = gettext_lazy("Roster of delegates")

    def __init__(self, organization: Organization, *, create_missing: bool) -> None:
        self.organization, self.create_missing = organization, create_missing

    def plan(self, sheets: Sequence[SheetRead], *, lock: bool = False, tell: Tell = _silent) -> Plan:
        """What would become of each row. Raises `WorkbookRefused` if the workbook holds no roster at all."""
        tables = [table for sheet in sheets if (table := take_apart(sheet))]
        if not any(table.rows or table.faults for table in tables):
            raise WorkbookRefused(_("The workbook holds no delegate: every sheet is empty below its header."))
        towns = Towns(self.organization, self.create_missing)
        read = self._read(tables, towns, timezone.localdate(), tell)
        judge = Judge(self.organization, self._register(read, lock=lock), self.create_missing)
        rows: list[PlannedRow] = []
        for done, (table, target, readings) in enumerate(read, 1):
            judged = [judge.judge(table.sheet, number, reading, target) for number, reading in readings]
            rows += _with_faults(table, judged)
            tell(50 + 40 * done // len(read))
        return Plan(rows, self._notes(tables, judge), work=judge)

    def write(self, plan: Plan) -> None:
        """Write a fit plan, in the transaction it was made in under `lock`."""
        write_entries(plan.work)

    def _read(self, tables: list[Table], towns: Towns, today: date, tell: Tell) -> Read:
        read: Read = []
        for done, table in enumerate(tables, 1):
            target = towns.target(table) if table.rows else None
            read.append((table, target, [(number, read_row(cells, today)) for number, cells in table.rows]))
            tell(10 + 40 * done // len(tables))
        return read

    def _register(self, read: Read, *, lock: bool) -> Register:
        congresses = {target.congress.pk for _table, target, _rows in read if target and target.congress}
        numbers = {
            reading.facts["id_number"]
            for _table, _target, rows in read
            for _number, reading in rows
            if "id_number" in reading.facts
        }
        return Register.load(congresses, {blind_index(number) for number in numbers}, lock=lock)

    def _notes(self, tables: list[Table], judge: Judge) -> list[str]:
        """What the reader of the preview should know beside the rows."""
        notes = [
            _("Sheet “%(sheet)s”: these columns are not part of the register and were left out: %(columns)s.")
            % {"sheet": table.sheet, "columns": "、".join(table.unknown)}
            for table in tables
            if table.unknown
        ]
        targets = dict.fromkeys(entry.target for entry in judge.entries)
        towns = [target.town_name for target in targets if target.town is None]
        counts = {
            "towns": len(towns),
            "congresses": sum(target.congress is None for target in targets),
            "units": sum(key == "electing_unit" for key, _target, _name in judge.missing),
            "delegations": sum(key == "delegation" for key, _target, _name in judge.missing),
            "groups": sum(key == "group" for key, _target, _name in judge.missing),
        }
        if any(counts.values()):
            notes.append(
                _(
                    "Missing, and made by this import: %(towns)s townships, %(congresses)s congresses, "
                    "%(units)s electing units, %(delegations)s delegations, %(groups)s groups."
                )
                % counts
            )
        return notes


def _with_faults(table: Table, rows: list[PlannedRow]) -> list[PlannedRow]:
    """The rows, and beside them those that are rejected because the sheet itself is wrong there."""
    by_number = {row.number: row for row in rows}
    for fault in table.faults:
        row = by_number.get(fault.row)
        if row is None:
            row = by_number[fault.row] = PlannedRow(table.sheet, fault.row, fault.value[:100], RowOutcome.UNCHANGED)
        row.reject(fault.column, fault.value, fault.problem, fault.advice)
    return [by_number[number] for number in sorted(by_number)]
