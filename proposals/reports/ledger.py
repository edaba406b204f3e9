"""P13: every paper on one line, from its number to what became of it."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from django import forms
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy

from congress.kernel.reports import Column, Section
from delegates.reports import words as dates
from proposals.models import ANSWERING, KIND_WORDS, WITH_UNITS, Assignment, Proposal, ProposalKind, ProposalState
from proposals.policies import FEEDBACKS
from proposals.reports import words
from proposals.reports.papers import PapersForm, PapersReport
from proposals.services import statistics
from proposals.services.statistics import Tally

STATES: Final = [(state, label) for state, label in ProposalState.choices if ProposalState(state) in words.STATES]


class LedgerForm(PapersForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False, choices=[("", gettext_lazy("All")), *ProposalKind.choices]
    )
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False, choices=[("", gettext_lazy("All")), *STATES])


@dataclass
class Line:
    """One paper, with its units and what its signers think of the handling."""

    number: int
    paper: Proposal
    late: bool
    units: list[Assignment] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def names(self, roles: Any, marked: str = "") -> str:
        """The units of those roles; a separate one says so."""
        return "\n".join(
            f"{one.unit.name}{'（分办）' if one.role == marked else ''}" for one in self.units if one.role in roles
        )

    @property
    def decided(self) -> str:
        """What the screening decided, and under which paper it went."""
        if self.paper.merged_into:
            return f"并入{words.numbered(self.paper.merged_into)}"
        if self.paper.outcome == "converted":
            return f"转为提议（原{KIND_WORDS[ProposalKind(self.paper.former_kind)]}第{self.paper.former_number:03d}号）"
        return "" if self.paper.outcome in {"pending", "unscreened"} else words.OUTCOMES[self.paper.outcome]

    @property
    def body(self) -> str:
        """The delegation it comes from: the one that moved it, else the lead proposer's."""
        moved = self.paper.delegation or self.paper.lead.delegation
        return moved.name if moved else ""

    def day(self, what: str) -> str:
        value = getattr(self.paper, what)
        return dates.short_day(timezone.localdate(value) if value and hasattr(value, "hour") else value)

    @property
    def state(self) -> str:
        return "超期" if self.late else words.STATES[ProposalState(self.paper.state)]


COLUMNS: Final = (
    Column("number", "序号", lambda line: line.number, 6),
    Column("paper", "编号", lambda line: f"{line.paper.kind_word}\n{line.paper.number_text}", 20, "fine"),
    Column("category", "类别", lambda line: line.paper.category.name if line.paper.category else "", 10, "fine"),
    Column("title", "案由", lambda line: line.paper.title, 40, "left fine"),
    Column("name", "领衔\n代表", lambda line: line.paper.lead.person.name, 10, "fine"),
    Column("count", "署名\n人数", lambda line: line.paper.signers, 6, "fine"),
    Column("body", "代表团", lambda line: line.body, 14, "fine"),
    Column("decided", "审查结果", lambda line: line.decided, 16, "fine"),
    Column("leader", "领办\n领导", lambda line: line.paper.leader.name if line.paper.leader else "", 10, "fine"),
    Column("units", "主办单位", lambda line: line.names(ANSWERING, "separate"), 24, "fine"),
    Column("units", "协办单位", lambda line: line.names(("assist",)), 20, "fine"),
    Column("date", "交办\n日期", lambda line: line.day("assigned_at"), 12, "fine date"),
    Column("date", "办理\n期限", lambda line: line.day("due_on"), 12, "fine date"),
    Column("date", "答复\n日期", lambda line: line.day("answered_at"), 12, "fine date"),
    Column("letter", "答复\n类别", lambda line: line.paper.reply_class, 6, "fine"),
    Column("said", "代表\n评价", lambda line: words.opinions(line.said), 12, "fine"),
    Column("state", "现状", lambda line: line.state, 10, "fine"),
)


def count(name: str, title: str, css: str = "n") -> Column:
    """A column that says one count of a tally."""
    return Column(css, title, lambda tally: tally[name], 8)


def by_outcome(first: str) -> tuple[Column, ...]:
    """A line for each group of papers: how many, and what became of them."""
    named: list[tuple[str, Callable[[Any], Any]]] = [("序号", lambda tally: tally.number)]
    return (
        Column("number", *named[0], 6),
        Column("group", first, lambda tally: tally.name, 20),
        count("received", "收到"),
        *(count(name, words.OUTCOMES[name]) for name in statistics.OUTCOMES),
        count("assigned", "已交办"),
        count("replied", "已答复"),
        count("closed", "已办结"),
        count("overdue", "超期"),
    )


BY_KIND: Final = by_outcome("种类")


class Ledger(PapersReport):
    """Every paper handed in, congress by congress, each kind in the order of its numbers; the totals by kind."""

    key, title = "p13-proposals", "提案提议台账"
    form_class = LedgerForm
    landscape = True

    @property
    def phrases(self) -> list[str]:
        kind = self.params["kind"]
        asked = KIND_WORDS[ProposalKind(kind)] if kind else "提案提议"
        return [*super().phrases[:-1], f"{asked}{'目录' if self.session else '台账'}"]

    def papers(self) -> QuerySet[Proposal]:
        asked = {name: self.params[name] for name in ("kind", "state") if self.params[name]}
        return super().papers().filter(**asked)

    def lines(self) -> list[Line]:
        """The papers in the order of the tree, of the kinds and of their numbers."""
        rows = statistics.with_outcome(self.papers()).annotate(
            signers=Count("signatures", filter=Q(signatures__state="signed"))
        )
        rows = rows.select_related(
            "congress__organization", "category", "lead__person", "lead__delegation", "delegation", "leader",
            "merged_into",
        ).defer("grounds", "root_cause", "evidence", "merged_into__grounds", "merged_into__root_cause")  # fmt: skip
        order = {kind: place for place, kind in enumerate(ProposalKind)}
        papers = sorted(
            rows.order_by("congress__organization__path", "congress", "year", "number", "pk"),
            key=lambda paper: (paper.congress.organization.path, paper.congress_id, order[ProposalKind(paper.kind)]),
        )
        units, said = self._units(), self._said()
        numbers: dict[int, int] = defaultdict(int)
        lines = []
        for paper in papers:
            numbers[paper.congress_id] += 1
            late = paper.state in WITH_UNITS and paper.due_on is not None and paper.due_on < self.today
            lines.append(Line(numbers[paper.congress_id], paper, late, units[paper.pk], said[paper.pk]))
        return lines

    def _units(self) -> dict[int, list[Assignment]]:
        found = defaultdict(list)
        rows = statistics.parts(self.user, self.papers()).select_related("unit").order_by("unit__path", "pk")
        for part in rows:
            found[part.proposal_id].append(part)
        return found

    def _said(self) -> dict[int, list[str]]:
        found = defaultdict(list)
        rows = self.seen(FEEDBACKS).filter(proposal__in=self.papers().order_by().values("pk"))
        for paper, result in statistics.judged(rows).order_by().values_list("proposal", "result"):
            found[paper].append(result)
        return found

    def build(self) -> list[Section]:
        lines = self.lines()
        kinds = statistics.grouped(self.papers(), "kind", today=self.today)
        total = statistics.added(kinds)
        self.counted(len(lines), total["received"])
        sections = []
        for _congress, group in groupby(lines, key=lambda line: line.paper.congress_id):
            rows = list(group)
            organization = rows[0].paper.congress.organization.name
            heading = "" if len(self.congresses) == 1 else f"{organization}（{len(rows)}件）"
            sections.append(Section(heading, rows, COLUMNS, notes=[_said_of(rows)]))
        if not lines:
            return [Section("", [], COLUMNS)]
        tallies = [
            Tally(KIND_WORDS[kind], number=place, counts=statistics.added([row]))
            for place, (kind, row) in enumerate(sorted(_by_kind(kinds).items(), key=lambda pair: _ORDER[pair[0]]), 1)
        ]
        totals = [column.value(statistics.together(tallies)) for column in BY_KIND]
        return [*sections, Section("分类合计", tallies, BY_KIND, totals=totals)]


_ORDER: Final = {kind: place for place, kind in enumerate(ProposalKind)}


def _by_kind(rows: list[dict[str, Any]]) -> dict[ProposalKind, dict[str, Any]]:
    return {ProposalKind(row["kind"]): row for row in rows}


def _said_of(lines: list[Line]) -> str:
    """合计12件：提案4件、提议8件。"""
    parts = [
        f"{word}{number}件"
        for kind, word in KIND_WORDS.items()
        if (number := sum(line.paper.kind == kind for line in lines))
    ]
    return f"合计{len(lines)}件：{'、'.join(parts)}。"
