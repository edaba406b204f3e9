"""The sign-in list of trainings: a row for each time a delegate came. Planned row by row, written all or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.fields import blind_index
from congress.kernel.importing import Plan, PlannedCell, PlannedRow, Tell
from congress.kernel.workbooks import SheetRead, WorkbookRefused
from congress.models import Organization, RowOutcome
from delegates.kernel import facts
from delegates.kernel.lists import Line, ListRead
from delegates.kernel.trainingrows import LABELS, layout
from delegates.models import Attendance, AttendanceWay, Course, TrainingSession
from delegates.services.training_register import Seat, TrainingRegister

BATCH: Final = 1000
COMPARED: Final = ("hours", "score")


def _silent(percent: int) -> None:
    """Nobody waits for the progress."""


@dataclass
class Entry:
    """One row that can be written: who came to what, and what the register holds of it."""

    course: str
    day: date
    seat: Seat
    facts: dict[str, Decimal]
    came: Attendance | None


@dataclass
class Judge:
    """Turns lines into planned rows and, where something is new, into entries."""

    register: TrainingRegister
    entries: list[Entry] = field(default_factory=list)
    _seen: dict[tuple[str, date, int], PlannedRow] = field(default_factory=dict)

    def judge(self, sheet: str, line: Line) -> PlannedRow:
        row = PlannedRow(sheet, line.number, title=line.facts.get("name", ""), outcome=RowOutcome.CREATED)
        for problem in line.problems:
            row.reject(problem.column, problem.value, problem.problem, problem.advice)
        seat = self._find(row, line.facts) if "name" in line.facts else None
        if seat and row.outcome != RowOutcome.REJECTED:
            self._compare(row, line.facts, seat)
        return row

    def _find(self, row: PlannedRow, said: dict[str, Any]) -> Seat | None:
        """The delegate of the branch: by ID number, else by name where it is one person's."""
        index = blind_index(said["id_number"]) if "id_number" in said else ""
        seats = self.register.seats_by_index.get(index, []) if index else []
        if seats and seats[0].name != said["name"]:
            row.reject(
                LABELS["id_number"],
                facts.masked(said["id_number"]),
                _("In the register this ID number is %(name)s's.") % {"name": seats[0].name},
                _("Correct the name or the number."),
            )
            return None
        if not seats:
            # With a number at hand, somebody of that name whose own number is known is somebody else.
            namesakes = self.register.seats_by_name.get(said["name"], [])
            seats = [seat for seat in namesakes if not (index and seat.index)]
        return self._choose(row, said, seats)

    def _choose(self, row: PlannedRow, said: dict[str, Any], seats: list[Seat]) -> Seat | None:
        organization = self.register.organization.name
        town = self.register.town(said.get("town", ""))
        here = [seat for seat in seats if seat.town == town] if town else seats
        if not here:
            place = said.get("town") or organization
            row.reject(
                LABELS["name"],
                said["name"],
                _("%(place)s has no such delegate in the register.") % {"place": place},
                _("Correct name, ID number or township, or enter the delegate first."),
            )
            return None
        if len({seat.person for seat in here}) > 1:
            row.reject(
                LABELS["name"],
                said["name"],
                _("The register holds several delegates of this name."),
                _("Give the ID number, or the township."),
            )
            return None
        return max(here, key=lambda seat: seat.fits(said.get("day", date.min)))

    def _compare(self, row: PlannedRow, said: dict[str, Any], seat: Seat) -> None:
        title, day = said["course"], said["day"]
        first = self._seen.setdefault((title, day, seat.person), row)
        if first is not row:
            row.reject(
                LABELS["name"],
                said["name"],
                _("This person stands already in sheet “%(sheet)s”, row %(row)s, for the same course and day.")
                % {"sheet": first.sheet, "row": first.number},
                _("Delete one of the two rows."),
            )
            return
        session = self.register.sessions.get((day.year, title, day))
        came = self.register.came.get((session.pk, seat.person)) if session else None
        changed = {key: said[key] for key in COMPARED if key in said and (not came or getattr(came, key) != said[key])}
        if came is None:
            row.cells += [PlannedCell(LABELS["course"], after=title), PlannedCell(LABELS["day"], after=f"{day}")]
        row.cells += [
            PlannedCell(LABELS[key], _shown(getattr(came, key)) if came else "", _shown(value))
            for key, value in changed.items()
        ]
        if came:
            row.outcome = RowOutcome.UPDATED if changed else RowOutcome.UNCHANGED
        if changed:
            self.entries.append(Entry(title, day, seat, changed, came))


def _shown(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}".removesuffix(".0")


class TrainingImport:
    """Who came to the trainings of one organisation. Courses and days the register lacks are made."""

    title = gettext_lazy("Training sign-in list")

    def __init__(self, organization: Organization, *, create_missing: bool = True) -> None:
        self.organization, self.create_missing = organization, create_missing

    def plan(self, sheets: Sequence[SheetRead], *, lock: bool = False, tell: Tell = _silent) -> Plan:
        """What would become of each row. Raises `WorkbookRefused` if the workbook holds no sign-in list at all."""
        today = timezone.localdate()
        lists = [found for sheet in sheets if (found := layout(today).take_apart(sheet))]
        if not any(found.lines or found.faults for found in lists):
            raise WorkbookRefused(_("The workbook holds no sign-in list: every sheet is empty below its header."))
        tell(50)
        said = (line.facts for found in lists for line in found.lines)
        judge = Judge(TrainingRegister.load(self.organization, said, lock=lock))
        rows: list[PlannedRow] = []
        for found in lists:
            rows += [_faulty(found.sheet, fault) for fault in found.faults]
            rows += [judge.judge(found.sheet, line) for line in found.lines]
        tell(90)
        return Plan(rows, self._notes(lists, judge), work=judge)

    def write(self, plan: Plan) -> None:
        """Write a fit plan, in the transaction it was made in under `lock`."""
        judge: Judge = plan.work
        fresh = [entry for entry in judge.entries if entry.came is None]
        self._make_courses(judge.register, fresh)
        self._make_sessions(judge.register, fresh)
        Attendance.objects.bulk_create([_attendance(judge.register, entry) for entry in fresh], batch_size=BATCH)
        changed = [entry.came for entry in judge.entries if entry.came]
        for entry in judge.entries:
            if entry.came:
                entry.came.version += 1
                for key, value in entry.facts.items():
                    setattr(entry.came, key, value)
        Attendance.objects.bulk_update(changed, [*COMPARED, "version"], batch_size=BATCH)

    def _make_courses(self, register: TrainingRegister, fresh: list[Entry]) -> None:
        wanted = dict.fromkeys((entry.day.year, entry.course) for entry in fresh)
        missing = [
            Course(organization=self.organization, year=year, title=title, plan=register.plans.get(year))
            for year, title in wanted
            if (year, title) not in register.courses
        ]
        for course in Course.objects.bulk_create(missing):
            register.courses[course.year, course.title] = course

    def _make_sessions(self, register: TrainingRegister, fresh: list[Entry]) -> None:
        """A day's own hours are those of who stayed longest."""
        longest: dict[tuple[int, str, date], Decimal] = {}
        for entry in fresh:
            key = (entry.day.year, entry.course, entry.day)
            longest[key] = max(longest.get(key, Decimal(0)), entry.facts["hours"])
        missing = [
            TrainingSession(course=register.courses[year, title], held_on=day, hours=hours, sign_in_open=False)
            for (year, title, day), hours in longest.items()
            if (year, title, day) not in register.sessions
        ]
        for session in TrainingSession.objects.bulk_create(missing):
            register.sessions[session.course.year, session.course.title, session.held_on] = session

    def _notes(self, lists: list[ListRead], judge: Judge) -> list[str]:
        notes = [
            _("Sheet “%(sheet)s”: these columns are not part of the register and were left out: %(columns)s.")
            % {"sheet": found.sheet, "columns": "、".join(found.unknown)}
            for found in lists
            if found.unknown
        ]
        named = dict.fromkeys((entry.day.year, entry.course, entry.day) for entry in judge.entries)
        days = [key for key in named if key not in judge.register.sessions]
        courses = {key[:2] for key in days} - judge.register.courses.keys()
        if days:
            counts = {"courses": len(courses), "days": len(days)}
            notes.append(_("Missing, and made by this import: %(courses)s courses, %(days)s training days.") % counts)
        return notes


def _faulty(sheet: str, fault: Any) -> PlannedRow:
    row = PlannedRow(sheet, fault.row, fault.value[:100])
    row.reject(fault.column, fault.value, fault.problem, fault.advice)
    return row


def _attendance(register: TrainingRegister, entry: Entry) -> Attendance:
    session = register.sessions[entry.day.year, entry.course, entry.day]
    return Attendance(session=session, mandate_id=entry.seat.pk, how=AttendanceWay.IMPORT, **entry.facts)
