"""D09: what is handed out at the assigning meeting (交办会): each planned paper with its units, leader and opinion."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from django.db.models import QuerySet

from congress.kernel.periods import Period
from congress.kernel.reports import Column, Section
from proposals.models import ANSWERING, Assignment, AssignmentRole, AssignmentState, Proposal, ProposalState
from proposals.policies import ASSIGNMENTS, UNSEEN_BY_UNITS
from proposals.reports.papers import PapersReport


@dataclass
class Planned:
    """One paper, with the units that shall have it."""

    number: int
    paper: Proposal
    units: list[Assignment] = field(default_factory=list)

    def names(self, *roles: str) -> str:
        """The units of those roles, each with what it answers; a separate one says so."""
        return "\n".join(
            one.unit.name
            + ("（分办）" if one.role == AssignmentRole.SEPARATE else "")
            + (f"：{one.task}" if one.task else "")
            for one in self.units
            if one.role in roles
        )

    @property
    def leader(self) -> str:
        leader = self.paper.leader
        key = "\n（重点提案提议）" if self.paper.is_key else ""
        return f"{leader.name}\n{leader.post}{key}" if leader else key.strip()


COLUMNS: Final = (
    Column("number", "序号", lambda line: line.number, 6),
    Column("paper", "编号", lambda line: f"{line.paper.kind_word}\n{line.paper.number_text}", 18, "fine"),
    Column("title", "案由", lambda line: line.paper.title, 36, "left fine"),
    Column("name", "领衔\n代表", lambda line: line.paper.lead.person.name, 10, "fine"),
    Column("units", "主办（分办）单位", lambda line: line.names(*ANSWERING) or "尚未拟定", 28, "left fine"),
    Column("units", "协办单位", lambda line: line.names(AssignmentRole.ASSIST), 24, "left fine"),
    Column("leader", "领办领导", lambda line: line.leader, 16, "fine"),
    Column("opinion", "拟办意见", lambda line: line.paper.planning_opinion, 36, "left fine"),
    Column("signed", "签收", lambda line: "", 12),
)


class HandoverList(PapersReport):
    """Every paper whose handling is planned and not handed out yet, congress by congress; with a period, for the file,
    what was handed out in it."""

    key, title = "d09-handover-list", "提案提议交办清单"
    landscape = True

    def papers(self) -> QuerySet[Proposal]:
        rows = super().papers()
        return rows if self.params.get("period") else rows.filter(state=ProposalState.PLANNING)

    def in_period(self, rows: QuerySet[Proposal], period: Period) -> QuerySet[Proposal]:
        """By the day it was handed to the units."""
        return rows.filter(assigned_at__date__range=(period.first, period.last))

    def lines(self) -> list[Planned]:
        """The papers in the order of the tree, of the kinds and of their numbers."""
        rows = self.papers().select_related("congress__organization", "lead__person", "leader")
        papers = list(rows.order_by("congress__organization__path", "congress", "kind", "year", "number", "pk"))
        units = self._units()
        return [Planned(number, paper, units[paper.pk]) for number, paper in enumerate(papers, 1)]

    def _units(self) -> dict[int, list[Assignment]]:
        found: dict[int, list[Assignment]] = defaultdict(list)
        rows = self.seen(ASSIGNMENTS).filter(proposal__in=self.papers().order_by().values("pk"))
        if self.params.get("period"):
            rows = rows.exclude(state__in=UNSEEN_BY_UNITS)
        else:
            rows = rows.filter(state=AssignmentState.PLANNED)
        for part in rows.select_related("unit").order_by("pk"):
            found[part.proposal_id].append(part)
        return found

    def build(self) -> list[Section]:
        lines = self.lines()
        if not lines:
            return [Section("", [], COLUMNS)]
        sections = []
        for _congress, group in groupby(lines, key=lambda line: line.paper.congress_id):
            rows = list(group)
            organization = rows[0].paper.congress.organization.name
            heading = "" if len(self.congresses) == 1 else f"{organization}（{len(rows)}件）"
            sections.append(Section(heading, rows, COLUMNS))
        sections[-1].notes.append(_said_of(lines))
        return sections


def _said_of(lines: Sequence[Planned]) -> str:
    """共12件，涉及承办单位5个；尚未拟定承办单位1件。"""
    units = {one.unit_id for line in lines for one in line.units}
    unplanned = sum(not line.units for line in lines)
    missing = f"；尚未拟定承办单位{unplanned}件" if unplanned else ""
    return f"共{len(lines)}件，涉及承办单位{len(units)}个{missing}。"
