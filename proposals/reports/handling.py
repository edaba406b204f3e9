"""P18: the report on the handling of papers, as it goes to the next session: what was done, what is still promised."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from django.db.models import QuerySet

from congress.kernel.reports import Column, Section
from delegates.reports import words as dates
from proposals.models import KIND_WORDS, Proposal, ProposalResult, Undertaking, UndertakingState
from proposals.policies import UNDERTAKINGS
from proposals.reports import words
from proposals.reports.ledger import count
from proposals.reports.papers import PapersReport
from proposals.reports.progress import Row as LateRow
from proposals.reports.progress import summed
from proposals.reports.screening import by_outcome
from proposals.services import overview, statistics
from proposals.services.statistics import NO_CATEGORY, Tally

PROMISED: Final = (UndertakingState.OPEN, UndertakingState.REPORTED)
UNITS: Final = (
    Column("number", "序号", lambda tally: tally.number, 6),
    Column("unit", "承办单位", lambda tally: tally.name, 26, "left"),
    count("received", "承办"),
    count("done", "办结"),
    Column("n", "按期率%", lambda tally: tally.on_time, 8),
    count("overdue", "超期"),
    *(count(letter, letter) for letter in "ABCD"),
    count("returned", "收回\n意见"),
    Column("n", "满意和基本\n满意率%", lambda tally: tally.content, 10),
)


@dataclass
class Promise:
    """One promise that is still to be kept."""

    number: int
    row: Undertaking
    late: int

    @property
    def state(self) -> str:
        if self.row.state == UndertakingState.REPORTED:
            return "已报完成，待确认"
        return f"逾期{self.late}天" if self.late > 0 else "落实中"


@dataclass
class Result:
    """One thing a paper brought about."""

    number: int
    row: ProposalResult


def _number(proposal: Proposal) -> str:
    return f"{proposal.kind_word}\n{proposal.number_text}"


PROMISES: Final = (
    Column("number", "序号", lambda one: one.number, 6),
    Column("paper", "编号", lambda one: _number(one.row.proposal), 20, "small"),
    Column("title", "案由", lambda one: one.row.proposal.title, 36, "left small"),
    Column("unit", "承办单位", lambda one: one.row.unit.name, 24, "left small"),
    Column("text", "承诺事项", lambda one: one.row.text, 30, "left small"),
    Column("day", "承诺时限", lambda one: dates.short_day(one.row.due_on), 12, "small"),
    Column("state", "进展", lambda one: one.state, 12, "small"),
)
LATE: Final = (
    Column("number", "序号", lambda row: row.number, 6),
    Column("paper", "编号", lambda row: _number(row.part.proposal), 20, "small"),
    Column("title", "案由", lambda row: row.part.proposal.title, 40, "left small"),
    Column("unit", "承办单位", lambda row: row.part.unit.name, 26, "left small"),
    Column("day", "办理期限", lambda row: dates.short_day(row.part.due_on), 12, "small"),
    Column("state", "超期天数", lambda row: row.late.days, 8, "small"),
)
RESULTS: Final = (
    Column("number", "序号", lambda one: one.number, 6),
    Column("paper", "编号", lambda one: _number(one.row.proposal), 20, "small"),
    Column("title", "案由", lambda one: one.row.proposal.title, 36, "left small"),
    Column("text", "成果", lambda one: str(one.row), 24, "left small"),
    Column("unit", "来源", lambda one: one.row.note, 24, "left small"),
)


class HandlingReport(PapersReport):
    """P18: the text with its figures, then the tables they come from."""

    key, title = "p18-handling-report", "提案提议办理情况报告"
    template = "proposals/reports/handling.html"
    since = True

    @cached_property
    def total(self) -> Counter[str]:
        return statistics.added(self._kinds)

    @cached_property
    def _kinds(self) -> list[dict[str, Any]]:
        return statistics.grouped(self.papers(), "kind", today=self.today)

    @cached_property
    def tallies(self) -> list[Tally]:
        return statistics.by_unit(self.user, statistics.parts(self.user, self.papers()), self.today)

    @cached_property
    def promises(self) -> list[Promise]:
        rows = self.seen(UNDERTAKINGS).filter(proposal__in=self._ids(), state__in=PROMISED)
        rows = rows.select_related("proposal", "unit").order_by("due_on", "pk")
        return [Promise(place, row, (self.today - row.due_on).days) for place, row in enumerate(rows, 1)]

    @cached_property
    def results(self) -> list[Result]:
        rows = ProposalResult.objects.filter(proposal__in=self._ids()).select_related("proposal")
        return [Result(place, row) for place, row in enumerate(rows.order_by("proposal", "pk"), 1)]

    @cached_property
    def late(self) -> list[LateRow]:
        papers = set(self._ids().values_list("pk", flat=True))
        late = [one for one in overview.late(self.user, self.today, self.congresses) if one.row.proposal_id in papers]
        return [LateRow(place, one) for place, one in enumerate(late, 1)]

    def _ids(self) -> QuerySet[Proposal]:
        return self.papers().order_by().values("pk")

    def by_category(self) -> list[Tally]:
        lines = statistics.grouped(
            self.papers(), "category__name", "category__parent__number", "category__number", today=self.today
        )
        lines.sort(
            key=lambda line: (
                line["category__name"] is None, line["category__parent__number"] or 0, line["category__number"] or 0,
            )
        )  # fmt: skip
        return [
            Tally(line["category__name"] or NO_CATEGORY, number=place, counts=statistics.added([line]))
            for place, line in enumerate(lines, 1)
        ]

    def build(self) -> list[Section]:
        categories, tallies = self.by_category(), self.tallies
        self.counted(statistics.together(categories)["received"], self.total["received"])
        self.counted(len(self.late), statistics.together(tallies)["overdue"])
        columns = (*by_outcome("类别"), count("closed", "办结"))
        tables = [
            ("提案提议分类情况", categories, columns, summed(categories, columns)),
            ("各承办单位办理情况", tallies, UNITS, summed(tallies, UNITS)),
            ("尚在落实的承诺事项", self.promises, PROMISES, []),
            ("超期未办结提案提议", self.late, LATE, []),
            ("可量化的办理成果", self.results, RESULTS, []),
        ]
        shown = [table for table in tables if table[1]]
        return [
            Section(f"附表{place}　{heading}", rows, columns, totals=totals, breaks=place == 1)
            for place, (heading, rows, columns, totals) in enumerate(shown, 1)
        ]

    def _summed_results(self) -> list[str]:
        """新建管网9.6公里: the same thing of several papers added up."""
        sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for one in self.results:
            sums[one.row.name, one.row.measure_word] += one.row.quantity
        return [f"{name}{quantity.normalize():f}{word}" for (name, word), quantity in sums.items()]

    def _opening(self) -> str:
        """Since when it reports: 中国共产党石桥镇第十五届代表大会第一次会议以来; 2026年上半年."""
        if period := self.params["period"]:
            return f"{period.words}，{'' if len(self.congresses) == 1 else self.organization.name}"
        if len(self.congresses) == 1 or self.session:
            return f"{''.join(self.place)}以来，"
        return f"本届党代表大会以来，{self.organization.name}"

    def context(self) -> dict[str, Any]:
        total, units = self.total, statistics.together(self.tallies)
        share = statistics.share
        number = {
            kind: statistics.added(row for row in self._kinds if row["kind"] == kind)["received"] for kind in KIND_WORDS
        }
        return super().context() | {
            "opening": self._opening(),
            "today": dates.long_day(self.today),
            "total": total,
            "units": units,
            "unit_count": len(self.tallies),
            "on_time": units.on_time,
            "content": units.content,
            "strictly": units.strictly,
            "kinds": [(word, number[kind]) for kind, word in KIND_WORDS.items() if number[kind]],
            "outcomes": [
                (words.OUTCOMES[name], total[name])
                for name in statistics.OUTCOMES
                if name not in {"pending", "unscreened"} and total[name]
            ],
            "party_share": share(total["party_building"], total["received"]),
            "overall_share": share(total["overall"], total["scoped"]),
            "assigned_share": share(total["assigned_due"], sum(total[name] for name in statistics.TO_ASSIGN)),
            "replied_share": share(total["units_replied"], total["assigned"]),
            "closed_share": share(total["units_closed"], total["assigned"]),
            "letters": [
                (letter, units[letter], share(units[letter], units["replied"])) for letter in "ABCD" if units[letter]
            ],
            "returned_share": share(units["returned"], units["forms"]),
            "promises": self.promises,
            "broken": sum(one.late > 0 and one.row.state == UndertakingState.OPEN for one in self.promises),
            "results": self._summed_results(),
        }
