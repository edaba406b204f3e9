"""What each row of a roster would change, judged against the register and against the rows before it."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from congress.fields import blind_index
from congress.kernel.importing import PlannedCell, PlannedRow
from congress.models import Organization, RowOutcome
from delegates.kernel import facts
from delegates.kernel.rosterrows import PERSONAL, Reading
from delegates.kernel.rosters import LABELS
from delegates.models import Mandate, MandateStatus, Person
from delegates.services.roster_register import BODIES, Register
from delegates.services.roster_targets import Target
from delegates.services.seats import HOLDING

MANDATE_FACTS: Final = ("main_category", "front_line", "method", "note", "certificate_number")
SHOWN: Final = {**LABELS, "migrant": "外出务工"}


@dataclass
class Entry:
    """One row that can be written: whose, where, and the facts that are new or different."""

    target: Target
    facts: dict[str, Any]
    person: Person | None
    mandate: Mandate | None
    changed: dict[str, Any]


@dataclass
class Judge:
    """Turns readings into planned rows and, where nothing is wrong, into entries."""

    organization: Organization
    register: Register
    create_missing: bool
    entries: list[Entry] = field(default_factory=list)
    missing: dict[tuple[str, Target, str], None] = field(default_factory=dict)  # bodies to make, in order of the rows
    _by_index: dict[str, PlannedRow] = field(default_factory=dict)
    _by_certificate: dict[tuple[int, str], PlannedRow] = field(default_factory=dict)
    _by_name: dict[tuple[Any, ...], list[tuple[PlannedRow, str]]] = field(default_factory=lambda: defaultdict(list))

    def judge(self, sheet: str, number: int, reading: Reading, target: Target | None) -> PlannedRow:
        """The planned row. Its first fault is its own; only a faultless row is held against the others."""
        row = PlannedRow(sheet, number, title=reading.facts.get("name", ""), outcome=RowOutcome.CREATED)
        for problem in reading.problems:
            row.reject(problem.column, problem.value, problem.problem, problem.advice)
        self._look_for_twin(row, reading.facts, target)
        if target is None or row.outcome == RowOutcome.REJECTED:
            return row
        self._look_for_bodies(row, reading.facts, target)
        person = self._find(row, reading.facts, target)
        self._look_for_certificate(row, reading.facts, target, person)
        if row.outcome != RowOutcome.REJECTED:
            self._compare(row, reading.facts, target, person)
        return row

    def _look_for_twin(self, row: PlannedRow, said: dict[str, Any], target: Target | None) -> None:
        """A person may stand in a workbook once. Without ID numbers, name and month of birth tell persons apart."""
        number = said.get("id_number", "")
        first = self._by_index.setdefault(number, row) if number else row
        if "name" in said and "birth_month" in said:
            place = id(target) if target else row.sheet
            namesakes = self._by_name[place, said["name"], said["birth_month"]]
            if first is row:
                first = next((other for other, known in namesakes if not (number and known)), row)
            namesakes.append((row, number))
        if first is row or row.outcome == RowOutcome.REJECTED:
            return
        column, value = ("id_number", facts.masked(number)) if number else ("name", said["name"])
        row.reject(
            LABELS[column],
            value,
            _("This person stands already in sheet “%(sheet)s”, row %(row)s.")
            % {"sheet": first.sheet, "row": first.number},
            _("Delete one of the two rows; if they are two persons, give both ID numbers."),
        )

    def _look_for_bodies(self, row: PlannedRow, said: dict[str, Any], target: Target) -> None:
        for key, name in ((key, said[key]) for key in BODIES if key in said):
            if target.congress and (key, target.congress.pk, name) in self.register.bodies:
                continue
            if self.create_missing:
                self.missing[key, target, name] = None
                continue
            row.reject(
                LABELS[key],
                name,
                _("There is no such %(column)s in %(town)s.") % {"column": LABELS[key], "town": target.town_name},
                _("Correct the name, enter it first, or allow the import to create what is missing."),
            )

    def _look_for_certificate(
        self, row: PlannedRow, said: dict[str, Any], target: Target, person: Person | None
    ) -> None:
        """A certificate's number is one delegate's: of the rows, and of the register as it stands."""
        number = said.get("certificate_number", "")
        if not number:
            return
        first = self._by_certificate.setdefault((id(target), number), row)
        bearer = self.register.certificates.get((target.congress.pk, number)) if target.congress else None
        if first is not row or bearer not in {None, person.pk if person else None}:
            row.reject(
                LABELS["certificate_number"],
                number,
                _("Another delegate of this congress has this certificate number."),
                _("Correct the number, or leave the cell empty and let the register give the next one."),
            )

    def _find(self, row: PlannedRow, said: dict[str, Any], target: Target) -> Person | None:
        """The person of the register: by ID number, else by name and month of birth within the congress."""
        number = said.get("id_number", "")
        index = blind_index(number) if number else ""
        if index in self.register.by_index:
            return self.register.by_index[index]
        if target.congress is None:
            return None
        namesakes = self.register.by_name.get((target.congress.pk, said["name"], said["birth_month"]), [])
        # With an ID number at hand, somebody of that name whose own number is known is somebody else.
        namesakes = [person for person in namesakes if not (index and person.id_number_index)]
        if len(namesakes) > 1:
            row.reject(
                LABELS["name"],
                said["name"],
                _("The register holds %(count)s delegates of this name and month of birth.")
                % {"count": len(namesakes)},
                _("Give the ID number."),
            )
        return namesakes[0] if namesakes else None

    def _compare(self, row: PlannedRow, said: dict[str, Any], target: Target, person: Person | None) -> None:
        mandate = self.register.mandates.get((target.congress.pk, person.pk)) if target.congress and person else None
        changed = {}
        for key, fact in said.items():
            before = _before(key, person, mandate)
            if _differs(key, fact, before, person):
                changed[key] = fact
                row.cells.append(_cell(key, before, fact, person))
        if person and not mandate and not self._may_change(person):
            # The same words whoever the person is and wherever he is kept: the answer must not tell.
            number = said.get("id_number", "")
            row.reject(
                LABELS["id_number"],
                facts.masked(number),
                _("This ID number cannot be entered here."),
                _("Ask the district liaison office to enter this delegate."),
            )
            return
        if person and not self._may_change(person) and changed.keys() - set(MANDATE_FACTS) - BODIES.keys():
            row.reject(
                LABELS["name"],
                said["name"],
                _("This person is kept by %(organization)s, with other facts.")
                % {"organization": person.organization.name},
                _("Compare the facts with that office; it must correct its record, or you this row."),
            )
            return
        self._refuse_by_the_way(row, said, target, mandate)
        if row.outcome == RowOutcome.REJECTED:
            return
        if mandate:
            row.outcome = RowOutcome.UPDATED if changed else RowOutcome.UNCHANGED
        if changed or not mandate:
            self.entries.append(Entry(target, said, person, mandate, changed))

    def _refuse_by_the_way(
        self, row: PlannedRow, said: dict[str, Any], target: Target, mandate: Mandate | None
    ) -> None:
        """A roster is of delegates in office: nobody leaves, comes back or fills a vacancy by standing in it."""
        if mandate and mandate.status not in (*HOLDING, MandateStatus.ELECTED):
            row.reject(
                LABELS["name"],
                said["name"],
                _("This person's mandate stands at “%(status)s”.") % {"status": mandate.get_status_display()},
                _("Take the row out; whoever was elected again is entered through the election."),
            )
        unit = self.register.bodies.get(("electing_unit", target.congress.pk, said["electing_unit"])) if (
            target.congress and "electing_unit" in said
            and not (mandate and mandate.electing_unit.name == said["electing_unit"])
        ) else None  # fmt: skip
        if unit is not None and self.register.take_seat(unit) is False:
            row.reject(
                LABELS["electing_unit"],
                said["electing_unit"],
                _("This electing unit has a vacancy, or all its seats are held."),
                _("A new delegate comes in through the by-election."),
            )

    def _may_change(self, person: Person) -> bool:
        """Facts are changed by the office that keeps the person; a seat here gives no right to them."""
        return person.organization.path.startswith(self.organization.path)


def _before(key: str, person: Person | None, mandate: Mandate | None) -> Any:
    """What the register says now; sealed facts are opened only where they must be compared or shown."""
    if key in BODIES:
        body = getattr(mandate, key) if mandate else None
        return body.name if body else ""
    if key in MANDATE_FACTS:
        return getattr(mandate, key) if mandate else ""
    if person is None:
        return ""
    return person.get_sealed(key) if key == "address" else getattr(person, f"{key}_index" if key in PERSONAL else key)


def _differs(key: str, fact: Any, before: Any, person: Person | None) -> bool:
    if key in {"id_number", "phone"}:
        return person is None or before != blind_index(fact)
    return fact != before


def _cell(key: str, before: Any, fact: Any, person: Person | None) -> PlannedCell:
    """The change as it may be shown. Masked numbers carry a mark, or two changes would look the same."""
    if key in PERSONAL:
        shown = facts.masked(person.get_sealed(key)) if person else ""
        return PlannedCell(SHOWN[key], shown, facts.masked(fact), mark=blind_index(f"{before}→{fact}")[:12])
    if key == "migrant":
        return PlannedCell(SHOWN[key], "是" if before else "否", "是")
    return PlannedCell(SHOWN[key], facts.printed(before) if before else "", facts.printed(fact))
