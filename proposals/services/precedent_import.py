"""Titles of 人大, 政协 and of earlier years, brought in so that new papers can be held against them (F073)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.kernel.importing import Plan, PlannedCell, PlannedRow, Tell
from congress.kernel.workbooks import SheetRead, WorkbookRefused
from congress.models import Organization, RowOutcome
from delegates.kernel.lists import Line, ListRead
from proposals.kernel import similarity
from proposals.kernel.precedentrows import LABELS, answer, layout
from proposals.models import Precedent

Key = tuple[str, int, str]  # source, year, number: what a list calls a paper
TOLD = ("unit", "letter", "result")


def _silent(percent: int) -> None:
    """Nobody waits for the progress."""


@dataclass
class Judge:
    """Turns lines into planned rows and, where something is new, into rows to write."""

    organization: Organization
    known: dict[Key, Precedent]
    writes: list[Precedent] = field(default_factory=list)
    _seen: dict[Key, PlannedRow] = field(default_factory=dict)

    def judge(self, sheet: str, line: Line) -> PlannedRow:
        row = PlannedRow(sheet, line.number, title=line.facts.get("title", ""), outcome=RowOutcome.CREATED)
        for problem in line.problems:
            row.reject(problem.column, problem.value, problem.problem, problem.advice)
        if row.outcome == RowOutcome.REJECTED:
            return row
        said = line.facts
        key = (str(said["source"]), said["year"], said["number"])
        first = self._seen.setdefault(key, row)
        if first is not row:
            row.reject(
                LABELS["number"],
                said["number"],
                _("This number stands already in sheet “%(sheet)s”, row %(row)s.")
                % {"sheet": first.sheet, "row": first.number},
                _("Correct the number, or delete one of the two rows."),
            )
            return row
        self._compare(row, key, said)
        return row

    def _compare(self, row: PlannedRow, key: Key, said: dict[str, Any]) -> None:
        source, year, number = key
        known = self.known.get(key)
        paper = known or Precedent(organization=self.organization, source=source, year=year, number_text=number)
        changes = {"title": (paper.title, said["title"])}
        if any(name in said for name in TOLD):
            changes["answer"] = (paper.answer, answer(said)[:200])
        if "text" in said:
            changes["text"] = (paper.text_marks, similarity.marks(said["text"]))
        changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
        if known is not None:
            row.outcome = RowOutcome.UPDATED if changes else RowOutcome.UNCHANGED
        for name, (before, after) in changes.items():
            if name == "text":
                paper.text_marks = after
                row.cells.append(PlannedCell(LABELS["text"], after=said["text"][:60]))
            else:
                setattr(paper, name, after)
                column = LABELS["title"] if name == "title" else str(Precedent._meta.get_field("answer").verbose_name)
                row.cells.append(PlannedCell(column, before, after))
        if changes:
            paper.title_grams = similarity.grams(paper.title)
            self.writes.append(paper)


class PrecedentImport:
    """Earlier papers of an organisation: shown beside a new paper that resembles one of them."""

    title = gettext_lazy("Earlier papers (人大建议、政协提案)")

    def __init__(self, organization: Organization, *, create_missing: bool = True) -> None:
        self.organization = organization

    def plan(self, sheets: Sequence[SheetRead], *, lock: bool = False, tell: Tell = _silent) -> Plan:
        """What would become of each row. Raises `WorkbookRefused` if the workbook holds no list at all."""
        today = timezone.localdate()
        lists: list[ListRead] = [found for sheet in sheets if (found := layout(today).take_apart(sheet))]
        if not any(found.lines or found.faults for found in lists):
            raise WorkbookRefused(_("The workbook holds no list of papers: every sheet is empty below its header."))
        tell(50)
        rows = Precedent.objects.filter(organization=self.organization, proposal=None).order_by("-pk")
        if lock:
            rows = rows.select_for_update()
        judge = Judge(self.organization, {(row.source, row.year, row.number_text): row for row in rows})
        planned: list[PlannedRow] = []
        for found in lists:
            for fault in found.faults:
                row = PlannedRow(found.sheet, fault.row, fault.value[:100])
                row.reject(fault.column, fault.value, fault.problem, fault.advice)
                planned.append(row)
            planned += [judge.judge(found.sheet, line) for line in found.lines]
        tell(90)
        return Plan(planned, [], work=judge)

    def write(self, plan: Plan) -> None:
        """Write a fit plan, in the transaction it was made in under `lock`."""
        judge: Judge = plan.work
        corrected = [row for row in judge.writes if row.pk is not None]
        Precedent.objects.bulk_create([row for row in judge.writes if row.pk is None], batch_size=1000)
        for row in corrected:
            row.save()
