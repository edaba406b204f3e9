"""The ledger of papers: a row for each, with its lead proposer and co-signers. Planned row by row, all or nothing.

A paper is known by where its number counts: congress, session or year, kind, number. The ledger corrects what it
brought in until the screening begins; it never changes what kind a paper is, nor who leads it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.fields import blind_index
from congress.kernel.deadlines import TZ
from congress.kernel.importing import Plan, PlannedCell, PlannedRow, Tell
from congress.kernel.workbooks import SheetRead, WorkbookRefused
from congress.models import Organization, RowOutcome, Session
from delegates.kernel import facts
from delegates.kernel.lists import Line, ListRead
from delegates.models import Mandate
from delegates.querysets import SERVING
from proposals.kernel.ledgerrows import LABELS, layout
from proposals.models import KIND_WORDS, Category, Proposal, ProposalKind, ProposalState, Signature, SignatureState
from proposals.services.ledger_write import write_new, write_over

Place = tuple[int, int | None, int | None, str, int]  # congress, session or year, kind, number: where a number counts


def _silent(percent: int) -> None:
    """Nobody waits for the progress."""


@dataclass
class Register:
    """The delegates of a branch, its sessions, categories, and the papers that are there."""

    seats_by_index: dict[str, list[Mandate]] = field(default_factory=lambda: defaultdict(list))
    seats_by_name: dict[str, list[Mandate]] = field(default_factory=lambda: defaultdict(list))
    sessions: dict[int, list[Session]] = field(default_factory=lambda: defaultdict(list))
    categories: dict[tuple[str, str], Category] = field(default_factory=dict)
    known: dict[tuple[int, str], Proposal] = field(default_factory=dict)
    taken: dict[Place, Proposal] = field(default_factory=dict)
    alike: dict[tuple[int, str, int, str, date], Proposal] = field(default_factory=dict)

    @classmethod
    def load(cls, organization: Organization, lines: Sequence[Line], *, lock: bool) -> "Register":
        """A handful of queries, however long the ledger."""
        found = cls()
        names = {line.facts["name"] for line in lines if "name" in line.facts}
        names |= {name for line in lines for name in line.facts.get("co_signers", ())}
        branch = Mandate.objects.filter(congress__organization__path__startswith=organization.path)
        seats = branch.filter(person__name__in=names).select_related("person", "congress__organization").order_by("pk")
        for seat in seats:
            found.seats_by_name[seat.person.name].append(seat)
            if seat.person.id_number_index:
                found.seats_by_index[seat.person.id_number_index].append(seat)
        congresses = {seat.congress_id for seat in seats}
        for session in Session.objects.filter(congress__in=congresses).order_by("starts_on"):
            found.sessions[session.congress_id].append(session)
        found._note_categories()
        found._note_papers(congresses, lock=lock)
        return found

    def _note_categories(self) -> None:
        """Of one name that which is still chosen, then the higher one."""
        rows = Category.objects.select_related("parent", "organization")
        for row in sorted(rows, key=lambda row: (row.is_closed, row.parent_id is not None, row.number, row.pk)):
            owner = row.organization.code if row.organization else ""
            self.categories.setdefault((owner, row.name), row)

    def _note_papers(self, congresses: Iterable[int], *, lock: bool) -> None:
        signed = Signature.objects.filter(state=SignatureState.SIGNED, is_lead=False).order_by("pk")
        rows = Proposal.objects.filter(congress__in=congresses).exclude(number=None).order_by("pk")
        if lock:
            rows = rows.select_for_update(of=("self",))
        rows = rows.select_related("lead__person", "category", "congress__organization").prefetch_related(
            "measures", Prefetch("signatures", signed.select_related("mandate__person"), to_attr="others")
        )
        for paper in rows:
            if paper.import_key:
                self.known[paper.congress_id, paper.import_key] = paper
                day = timezone.localdate(paper.submitted_at)
                self.alike[paper.congress_id, paper.former_kind or paper.kind, paper.lead_id, paper.title, day] = paper
            self.taken[_place_of(paper)] = paper
            if paper.former_number:
                self.taken.setdefault(self._former_place(paper), paper)

    def _former_place(self, paper: Proposal) -> Place:
        """Where a paper stood before it became another kind: a number is not given twice."""
        day = timezone.localdate(paper.submitted_at)
        session = self.session(paper.congress_id, day) if paper.former_kind == ProposalKind.PROPOSAL else None
        year = None if session else paper.year
        return (paper.congress_id, session.pk if session else None, year, paper.former_kind, paper.former_number)

    def session(self, congress: int, day: date) -> Session | None:
        """The session a proposal was handed in to: the last that had opened, else the first that is known."""
        sessions = self.sessions.get(congress, [])
        opened = [one for one in sessions if one.starts_on and one.starts_on <= day]
        return opened[-1] if opened else (sessions[0] if sessions else None)

    def category(self, name: str, organization: Organization) -> Category | None:
        """The organisation's own of that name, or that of one above it, or everybody's: the nearest."""
        for code in (*reversed(organization.path.strip("/").split("/")), ""):
            if (code, name) in self.categories:
                return self.categories[code, name]
        return None

    def category_names(self, organization: Organization) -> str:
        codes = {"", *organization.path.strip("/").split("/")}
        named = [name for (code, name), row in self.categories.items() if code in codes and not row.is_closed]
        return "、".join(dict.fromkeys(named))


def _place_of(paper: Proposal) -> Place:
    return (paper.congress_id, paper.session_id, paper.year, paper.kind, paper.number)


@dataclass
class Entry:
    """One row that can be written."""

    line: Line
    lead: Mandate
    co: list[Mandate]
    session: Session | None
    category: Category | None
    known: Proposal | None
    changed: list[str] = field(default_factory=list)

    @property
    def place(self) -> Place:
        said = self.line.facts
        year = None if self.session else said["day"].year
        return (self.lead.congress_id, self.session.pk if self.session else None, year, said["kind"], said["number"])

    @property
    def key(self) -> str:
        """What the register remembers the row by, whatever becomes of the paper's kind and number later."""
        said = self.line.facts
        series = f"session {self.session.number}" if self.session else said["day"].year
        return f"{series}, {said['kind']} {said['number']}"

    @property
    def submitted_at(self) -> datetime:
        return datetime.combine(self.line.facts["day"], time(9), TZ)


@dataclass
class Judge:
    """Turns lines into planned rows and, where something is new, into entries."""

    register: Register
    entries: list[Entry] = field(default_factory=list)
    _seen: dict[Place, PlannedRow] = field(default_factory=dict)

    def judge(self, sheet: str, line: Line) -> PlannedRow:
        row = PlannedRow(sheet, line.number, title=line.facts.get("title", ""), outcome=RowOutcome.CREATED)
        for problem in line.problems:
            row.reject(problem.column, problem.value, problem.problem, problem.advice)
        lead = self._lead(row, line) if "name" in line.facts else None
        co = self._co_signers(row, line.facts, lead) if lead else []
        category = self._category(row, line.facts, lead) if lead else None
        if lead and row.outcome != RowOutcome.REJECTED:
            self._place(row, self._entry(line, lead, co, category))
        return row

    def _entry(
        self, line: Line, lead: Mandate, co: Sequence[Mandate] = (), category: Category | None = None
    ) -> "Entry":
        """Only a proposal (提案) of a session counts by it; all others by the year."""
        said = line.facts
        asked = said["kind"] == ProposalKind.PROPOSAL and said.get("in_session")
        session = self.register.session(lead.congress_id, said["day"]) if asked else None
        return Entry(line, lead, list(co), session, category, None)

    def _lead(self, row: PlannedRow, line: Line) -> Mandate | None:
        said = line.facts
        number = said.get("id_number", "")
        seats = self.register.seats_by_index.get(blind_index(number), []) if number else []
        seats = [seat for seat in seats if seat.person.name == said["name"]]
        if not number:
            seats = self.register.seats_by_name.get(said["name"], [])
        if not seats:
            row.reject(
                LABELS["id_number"] if number else LABELS["name"],
                facts.masked(number) if number else said["name"],
                _("There is no such delegate in the register."),
                _("Correct name and ID number, or enter the delegate first."),
            )
            return None
        if len({seat.person_id for seat in seats}) > 1:
            row.reject(
                LABELS["name"],
                said["name"],
                _("The register holds several delegates of this name."),
                _("Give the ID number."),
            )
            return None

        def fits(seat: Mandate) -> tuple[bool, bool, int]:
            """The seat in which an earlier run found him, also once he holds one of a new term."""
            known = not line.problems and self._known(self._entry(line, seat)) is not None
            return known, seat.status in SERVING, seat.congress.number

        return max(seats, key=fits)

    def _co_signers(self, row: PlannedRow, said: dict[str, Any], lead: Mandate) -> list[Mandate]:
        found = []
        for name in said.get("co_signers", []):
            here = [seat for seat in self.register.seats_by_name.get(name, []) if seat.congress_id == lead.congress_id]
            if len(here) == 1:
                found += here
                continue
            problem = (
                _("%(town)s has no delegate of this name.")
                if not here
                else _("%(town)s has several delegates of this name.")
            )
            row.reject(
                LABELS["co_signers"],
                name,
                problem % {"town": lead.congress.organization.name},
                _("Correct the name; of namesakes enter the signature on the paper's page instead."),
            )
        return [seat for seat in found if seat.pk != lead.pk]

    def _category(self, row: PlannedRow, said: dict[str, Any], lead: Mandate) -> Category | None:
        organization = lead.congress.organization
        if not said.get("category"):
            return None
        found = self.register.category(said["category"], organization)
        if found is None:
            row.reject(
                LABELS["category"],
                said["category"],
                _("There is no such category."),
                _("Write one of %(known)s.") % {"known": self.register.category_names(organization)},
            )
        return found

    def _place(self, row: PlannedRow, entry: Entry) -> None:
        """Whether the row's number is free, stands for a paper of this ledger, or is another's."""
        number = str(entry.line.facts["number"])
        first = self._seen.setdefault(entry.place, row)
        if first is not row:
            row.reject(
                LABELS["number"],
                number,
                _("This number stands already in sheet “%(sheet)s”, row %(row)s.")
                % {"sheet": first.sheet, "row": first.number},
                _("Correct the number, or delete one of the two rows."),
            )
            return
        entry.known = self._known(entry)
        holder = self.register.taken.get(entry.place)
        if entry.known is None and holder is not None:
            row.reject(
                LABELS["number"],
                number,
                _("%(paper)s has this number, and this ledger did not bring it in.") % {"paper": _named(holder)},
                _("Correct the number, or take the row out if it is that very paper: numbers are not given twice."),
            )
        elif entry.known is None and (twin := self._twin(entry)) is not None:
            row.reject(
                LABELS["number"],
                number,
                _("The same paper stands in the register as %(paper)s.") % {"paper": _named(twin)},
                _("Write the number it has there: a ledger does not renumber papers."),
            )
        else:
            self._plan(row, entry)

    def _known(self, entry: Entry) -> Proposal | None:
        """The paper an earlier run made of this row; also if a session was entered only since."""
        congress, said = entry.lead.congress_id, entry.line.facts
        found = self.register.known.get((congress, entry.key))
        if found is None:
            twin = self._twin(entry)
            if twin is not None and said["number"] == (twin.former_number or twin.number):
                return twin
        return found

    def _twin(self, entry: Entry) -> Proposal | None:
        said = entry.line.facts
        return self.register.alike.get(
            (entry.lead.congress_id, said["kind"], entry.lead.pk, said["title"], said["day"])
        )

    def _plan(self, row: PlannedRow, entry: Entry) -> None:
        said, known = entry.line.facts, entry.known
        if known is None:
            row.cells += [
                PlannedCell(LABELS["title"], after=said["title"]),
                PlannedCell(LABELS["kind"], after=KIND_WORDS[said["kind"]]),
            ]
            self.entries.append(entry)
            return
        if known.lead_id != entry.lead.pk:
            row.reject(
                LABELS["name"],
                said["name"],
                _("%(paper)s is led by %(name)s.") % {"paper": _named(known), "name": known.lead.person.name},
                _("Correct the name: a ledger does not give a paper to another delegate."),
            )
            return
        changes = _differences(entry, known)
        row.outcome = RowOutcome.UNCHANGED
        if changes and (known.state != ProposalState.REGISTERED or known.submissions > 1):
            column, _before, after = changes[0][1:]
            row.reject(
                column,
                after,
                _("This paper is being handled already: what it says stays as it is."),
                _("Take the row out of the workbook."),
            )
        elif changes:
            row.outcome = RowOutcome.UPDATED
            row.cells += [PlannedCell(column, before, after) for _name, column, before, after in changes]
            entry.changed = [name for name, *_rest in changes]
            self.entries.append(entry)


def _named(paper: Proposal) -> str:
    """提议2026年第007号《……》."""
    return f"{paper.kind_word}{paper.number_text}《{paper.title}》"


def _differences(entry: Entry, known: Proposal) -> list[tuple[str, str, str, str]]:
    """What the row says otherwise than the register: name, column, before, after. An empty cell says nothing."""
    said = entry.line.facts
    pairs: dict[str, tuple[Any, Any]] = {name: (getattr(known, name), said.get(name)) for name in ("title", "grounds")}
    pairs["category"] = (known.category.name if known.category else "", said.get("category"))
    pairs["measures"] = ([one.action for one in known.measures.all()], said.get("measures"))
    pairs["co_signers"] = (_names(one.mandate for one in known.others), _names(entry.co))
    pairs["day"] = (timezone.localdate(known.submitted_at), said["day"])
    same = {"category": known.category == entry.category}
    same["co_signers"] = {one.mandate_id for one in known.others} == {one.pk for one in entry.co}
    return [
        (name, LABELS[name], _shown(before), _shown(after))
        for name, (before, after) in pairs.items()
        if name in said and not same.get(name, before == after)
    ]


def _names(seats: Iterable[Mandate]) -> list[str]:
    return [seat.person.name for seat in seats]


def _shown(value: Any) -> str:
    words = "；".join(value) if isinstance(value, list) else str(value)
    return words[:60]


class LedgerImport:
    """Papers of a branch's delegates as a ledger keeps them. They stand registered, and wait to be screened."""

    title = gettext_lazy("Ledger of proposals and motions")

    def __init__(self, organization: Organization, *, create_missing: bool = True) -> None:
        self.organization = organization

    def plan(self, sheets: Sequence[SheetRead], *, lock: bool = False, tell: Tell = _silent) -> Plan:
        """What would become of each row. Raises `WorkbookRefused` if the workbook holds no ledger at all."""
        today = timezone.localdate()
        lists: list[ListRead] = [found for sheet in sheets if (found := layout(today).take_apart(sheet))]
        lines = [line for found in lists for line in found.lines]
        if not any(found.lines or found.faults for found in lists):
            raise WorkbookRefused(_("The workbook holds no ledger: every sheet is empty below its header."))
        tell(50)
        judge = Judge(Register.load(self.organization, lines, lock=lock))
        rows: list[PlannedRow] = []
        for found in lists:
            for fault in found.faults:
                row = PlannedRow(found.sheet, fault.row, fault.value[:100])
                row.reject(fault.column, fault.value, fault.problem, fault.advice)
                rows.append(row)
            rows += [judge.judge(found.sheet, line) for line in found.lines]
        tell(90)
        return Plan(rows, [], work=judge)

    def write(self, plan: Plan) -> None:
        """Write a fit plan, in the transaction it was made in under `lock`."""
        judge: Judge = plan.work
        for entry in judge.entries:
            said = entry.line.facts | {"category": entry.category, "submitted_at": entry.submitted_at}
            if entry.known:
                write_over(entry.known, {name: said[name] for name in entry.changed}, said, entry.co)
            else:
                write_new(entry.lead, entry.co, said, session=entry.session, key=entry.key)
