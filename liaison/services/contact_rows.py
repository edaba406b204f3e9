"""One row of the contact list: whose contact, who it is, and what the register holds of him."""

from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from congress.fields import blind_index
from congress.kernel.importing import PlannedCell, PlannedRow
from congress.models import RowOutcome
from delegates.kernel import facts
from delegates.kernel.lists import Line
from liaison.kernel.liaisonrows import CONTACT_LABELS, KIND_WORDS, Situation, situation_words
from liaison.models import Contact
from liaison.services.register import LiaisonRegister, Seat, import_key

COMPARED: Final = ("targets", "other", "phone_sealed", "phone_index")


@dataclass
class ContactEntry:
    """What one row writes: a new contact, or what is new about one."""

    mandate: int
    name: str
    kind: str
    facts: dict[str, Any]
    known: Contact | None


@dataclass
class ContactJudge:
    """Turns lines into planned rows and, where something is new, into entries."""

    register: LiaisonRegister
    entries: list[ContactEntry] = field(default_factory=list)
    _ended: int = 0
    _seen: dict[tuple[int, str, str], PlannedRow] = field(default_factory=dict)

    def judge(self, sheet: str, line: Line) -> PlannedRow:
        row = PlannedRow(sheet, line.number, title=line.facts.get("name", ""), outcome=RowOutcome.CREATED)
        for problem in line.problems:
            row.reject(problem.column, problem.value, problem.problem, problem.advice)
        seat = self._find(row, line.facts) if "delegate" in line.facts else None
        if seat and row.outcome != RowOutcome.REJECTED and self._is_first(row, line.facts, seat):
            self._compare(row, line.facts, seat)
        return row

    def notes(self) -> list[str]:
        """What happened to rows that changed nothing, where one may ask why."""
        if not self._ended:
            return []
        return [_("%(count)s contacts were ended since they were imported, and stay so.") % {"count": self._ended}]

    def _find(self, row: PlannedRow, said: dict[str, Any]) -> Seat | None:
        """The delegate in office: by ID number, else by name, and group where the branch has two."""
        index = blind_index(said["id_number"]) if "id_number" in said else ""
        seats = self.register.by_index.get(index, []) if index else []
        if seats and seats[0].name != said["delegate"]:
            row.reject(
                CONTACT_LABELS["id_number"], facts.masked(said["id_number"]),
                _("In the register this ID number is %(name)s's.") % {"name": seats[0].name},
                _("Correct the name or the number."),
            )  # fmt: skip
            return None
        if not seats:
            # With a number at hand, somebody of that name whose own number is known is somebody else.
            namesakes = self.register.by_name.get(said["delegate"], [])
            seats = [seat for seat in namesakes if not (index and seat.index)]
        if len(seats) > 1 and "group" in said:
            seats = [seat for seat in seats if seat.group_name == said["group"]]
        if len(seats) == 1:
            return seats[0]
        place = self.register.organization.name
        problem = (
            _("%(place)s has several delegates of this name.") if seats
            else _("%(place)s has no delegate of this name in office.")
        )  # fmt: skip
        row.reject(
            CONTACT_LABELS["delegate"], said["delegate"], problem % {"place": place},
            _("Correct the name, or give the ID number or the group."),
        )  # fmt: skip
        return None

    def _is_first(self, row: PlannedRow, said: dict[str, Any], seat: Seat) -> bool:
        first = self._seen.setdefault((seat.pk, said["name"], said["kind"]), row)
        if first is not row:
            row.reject(
                CONTACT_LABELS["name"], said["name"],
                _("This contact of the delegate stands already in sheet “%(sheet)s”, row %(row)s.")
                % {"sheet": first.sheet, "row": first.number},
                _("Delete one of the two rows."),
            )  # fmt: skip
        return first is row

    def _compare(self, row: PlannedRow, said: dict[str, Any], seat: Seat) -> None:
        name, kind = said["name"], said["kind"]
        known = self.register.open.get((seat.pk, name, kind))
        known = known or self.register.imported.get(import_key(seat.pk, name, kind))
        if known and known.until is not None:
            self._ended += 1
            row.outcome = RowOutcome.UNCHANGED
            return
        if known is None:
            row.cells += [
                PlannedCell(CONTACT_LABELS["delegate"], after=seat.name),
                PlannedCell(CONTACT_LABELS["kind"], after=KIND_WORDS[kind]),
            ]
        changed = _changes(row, said, known)
        if known:
            row.outcome = RowOutcome.UPDATED if changed else RowOutcome.UNCHANGED
        if changed or known is None:
            self.entries.append(ContactEntry(seat.pk, name, kind, changed, known))


def _changes(row: PlannedRow, said: dict[str, Any], known: Contact | None) -> dict[str, Any]:
    """What the row says that the register does not hold yet; each change with its cell."""
    changed: dict[str, Any] = {}
    situation: Situation | None = said.get("situation")
    held = (tuple(known.targets), known.other) if known else ((), "")
    if situation and (situation.targets, situation.other) != held:
        changed["situation"] = situation
        before = situation_words(list(held[0]), held[1])
        after = situation_words(list(situation.targets), situation.other)
        row.cells.append(PlannedCell(CONTACT_LABELS["situation"], before, after))
    phone = said.get("phone", "")
    if phone and (known is None or known.phone_index != blind_index(phone)):
        changed["phone"] = phone
        before = known.phone_masked if known else ""
        mark = blind_index(phone)[:12]  # two numbers that look alike when masked
        row.cells.append(PlannedCell(CONTACT_LABELS["phone"], before, facts.masked(phone), mark=mark))
    return changed
