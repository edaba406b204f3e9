"""The ledger of papers: a row for each, with its lead proposer and co-signers. Planned row by row, all or nothing."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any, Final

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
from proposals.models import (
    KIND_WORDS,
    Category,
    Measure,
    NumberSeries,
    Proposal,
    ProposalKind,
    ProposalState,
    Signature,
    SignatureState,
)
from proposals.services import similar
from proposals.services.writing import digest
from proposals.workflows.papers import owe_first_look

COMPARED: Final = ("title", "kind", "grounds")


def _silent(percent: int) -> None:
    """Nobody waits for the progress."""


@dataclass
class Register:
    """The delegates of a branch, its sessions, categories, and the papers an earlier run brought in."""

    seats_by_index: dict[str, list[Mandate]] = field(default_factory=lambda: defaultdict(list))
    seats_by_name: dict[str, list[Mandate]] = field(default_factory=lambda: defaultdict(list))
    sessions: dict[int, list[Session]] = field(default_factory=lambda: defaultdict(list))
    categories: dict[str, Category] = field(default_factory=dict)
    known: dict[tuple[int, str], Proposal] = field(default_factory=dict)
    taken: dict[tuple[int, int | None, int | None, str, int], str] = field(default_factory=dict)

    @classmethod
    def load(cls, organization: Organization, lines: Sequence[Line]) -> "Register":
        """Five queries, however long the ledger."""
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
        found.categories = {row.name: row for row in Category.objects.filter(organization=None)}
        for paper in Proposal.objects.filter(congress__in=congresses).exclude(number=None):
            if paper.import_key:
                found.known[paper.congress_id, paper.import_key] = paper
            place = (paper.congress_id, paper.session_id, paper.year, paper.kind, paper.number)
            found.taken[place] = paper.import_key
        return found


@dataclass
class Entry:
    """One row that can be written."""

    line: Line
    lead: Mandate
    co: list[Mandate]
    session: Session | None
    key: str
    known: Proposal | None


@dataclass
class Judge:
    """Turns lines into planned rows and, where something is new, into entries."""

    register: Register
    entries: list[Entry] = field(default_factory=list)
    _seen: dict[tuple[int, str], PlannedRow] = field(default_factory=dict)

    def judge(self, sheet: str, line: Line) -> PlannedRow:
        row = PlannedRow(sheet, line.number, title=line.facts.get("title", ""), outcome=RowOutcome.CREATED)
        for problem in line.problems:
            row.reject(problem.column, problem.value, problem.problem, problem.advice)
        lead = self._lead(row, line.facts) if "name" in line.facts else None
        co = self._co_signers(row, line.facts, lead) if lead else []
        if lead and row.outcome != RowOutcome.REJECTED:
            self._compare(row, line, lead, co)
        return row

    def _lead(self, row: PlannedRow, said: dict[str, Any]) -> Mandate | None:
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
        return max(seats, key=lambda seat: (seat.status in SERVING, seat.congress.number))

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

    def _compare(self, row: PlannedRow, line: Line, lead: Mandate, co: list[Mandate]) -> None:
        said = line.facts
        if said.get("category") and said["category"] not in self.register.categories:
            known = "、".join(self.register.categories)
            row.reject(
                LABELS["category"],
                said["category"],
                _("There is no such category."),
                _("Write one of %(known)s.") % {"known": known},
            )
            return
        key = f"{said['day'].year}-{said['number']}"
        first = self._seen.setdefault((lead.congress_id, key), row)
        if first is not row:
            row.reject(
                LABELS["number"],
                str(said["number"]),
                _("This number stands already in sheet “%(sheet)s”, row %(row)s.")
                % {"sheet": first.sheet, "row": first.number},
                _("Correct the number, or delete one of the two rows."),
            )
            return
        known = self.register.known.get((lead.congress_id, key))
        session = self._session(lead, said)
        place = (
            lead.congress_id,
            session.pk if session else None,
            None if session else said["day"].year,
            said["kind"],
            said["number"],
        )
        if known is None and place in self.register.taken:
            row.reject(
                LABELS["number"],
                str(said["number"]),
                _("Another paper has this number."),
                _("Correct the number: numbers are not given twice."),
            )
            return
        self._plan(row, Entry(line, lead, co, session, key, known))

    def _plan(self, row: PlannedRow, entry: Entry) -> None:
        said, known = entry.line.facts, entry.known
        if known is None:
            row.cells += [
                PlannedCell(LABELS["title"], after=said["title"]),
                PlannedCell(LABELS["kind"], after=KIND_WORDS[said["kind"]]),
            ]
            self.entries.append(entry)
            return
        changed = [name for name in COMPARED if name in said and getattr(known, name) != said[name]]
        row.outcome = RowOutcome.UNCHANGED
        if changed and known.state != ProposalState.REGISTERED:
            row.reject(
                LABELS[changed[0]],
                str(said[changed[0]])[:60],
                _("This paper is being handled already: its text stays as it is."),
                _("Take the row out of the workbook."),
            )
        elif changed:
            row.outcome = RowOutcome.UPDATED
            row.cells += [
                PlannedCell(LABELS[name], str(getattr(known, name))[:60], str(said[name])[:60]) for name in changed
            ]
            self.entries.append(entry)

    def _session(self, lead: Mandate, said: dict[str, Any]) -> Session | None:
        """The session a proposal was handed in to: the last that had opened, else the first that is known."""
        if said["kind"] != ProposalKind.PROPOSAL or not said.get("in_session"):
            return None
        sessions = self.register.sessions.get(lead.congress_id, [])
        opened = [one for one in sessions if one.starts_on and one.starts_on <= said["day"]]
        return opened[-1] if opened else (sessions[0] if sessions else None)


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
        judge = Judge(Register.load(self.organization, lines))
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
            if entry.known:
                for name in COMPARED:
                    setattr(entry.known, name, entry.line.facts.get(name, getattr(entry.known, name)))
                entry.known.version += 1
                entry.known.save()
            else:
                _write(entry, judge.register)


def _write(entry: Entry, register: Register) -> None:
    said = entry.line.facts
    at = datetime.combine(said["day"], time(9), TZ)
    category = register.categories.get(said.get("category", ""))
    proposal = Proposal.objects.create(
        congress=entry.lead.congress, lead=entry.lead, kind=said["kind"], title=said["title"], category=category,
        is_party_building=bool(category and category.is_party_building), grounds=said.get("grounds", ""),
        session=entry.session, year=None if entry.session else said["day"].year, number=said["number"],
        state=ProposalState.REGISTERED, submitted_at=at, submissions=1, import_key=entry.key,
    )  # fmt: skip
    Measure.objects.bulk_create(
        [
            Measure(proposal=proposal, position=place, action=action)
            for place, action in enumerate(said.get("measures", []), 1)
        ]
    )
    proposal.text_digest = digest(proposal)
    proposal.save(update_fields=["text_digest"])
    signed = {"state": SignatureState.SIGNED, "answered_at": at, "text_digest": proposal.text_digest}
    Signature.objects.bulk_create(
        [
            Signature(proposal=proposal, mandate=seat, is_lead=seat is entry.lead, **signed)
            for seat in (entry.lead, *entry.co)
        ]
    )
    place = {"congress": proposal.congress, "session": proposal.session, "year": proposal.year, "kind": proposal.kind}
    series, _fresh = NumberSeries.objects.select_for_update().get_or_create(**place)
    NumberSeries.objects.filter(pk=series.pk, last__lt=proposal.number).update(last=proposal.number)
    similar.index(proposal)
    owe_first_look(proposal, timezone.localdate())
