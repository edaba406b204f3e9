"""P14: what the screening made of the papers handed in, by category and delegation, and why some were not filed."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from congress.kernel.reports import Column, Section
from delegates.reports.words import NO_DELEGATION, long_day
from proposals.models import KIND_WORDS, Proposal, ProposalKind, RejectReason
from proposals.reports import words
from proposals.reports.ledger import count
from proposals.reports.papers import PapersReport
from proposals.reports.progress import summed
from proposals.services import statistics
from proposals.services.statistics import NO_CATEGORY, Tally

NOT_FILED: Final = ("rejected", "returned", "to_advice", "merged", "converted")
SCREENED: Final = (ProposalKind.PROPOSAL, ProposalKind.MOTION)


def by_outcome(first: str) -> tuple[Column, ...]:
    """A line for each group of papers: how many, and what the screening made of them."""
    shown = [name for name in statistics.OUTCOMES if name != "unscreened"]
    return (
        Column("number", "序号", lambda tally: tally.number, 6),
        Column("group", first, lambda tally: tally.name, 22),
        count("received", "收到"),
        *(count(name, words.OUTCOMES[name]) for name in shown),
    )


@dataclass
class Row:
    """One paper that was not filed as it was, and why."""

    number: int
    paper: Proposal

    @property
    def reason(self) -> str:
        """The code in words, then what the proposers were told."""
        code = self.paper.reject_reason
        told = self.paper.decision_note.strip()
        return f"{words.REASONS[RejectReason(code)]}。{told}" if code else told

    @property
    def decided(self) -> str:
        other = self.paper.merged_into
        return f"并入{words.numbered(other)}" if other else words.OUTCOMES[self.paper.outcome]


ROWS: Final = (
    Column("number", "序号", lambda row: row.number, 6),
    Column("place", "单位", lambda row: row.paper.congress.organization.name, 12, "small"),
    Column("paper", "编号", lambda row: f"{row.paper.kind_word}\n{row.paper.number_text}", 20, "small"),
    Column("title", "案由", lambda row: row.paper.title, 36, "left small"),
    Column("name", "领衔代表", lambda row: row.paper.lead.person.name, 10, "small"),
    Column("decided", "审查结果", lambda row: row.decided, 16, "small"),
    Column("reason", "理由", lambda row: row.reason, 50, "left small"),
)


class Screening(PapersReport):
    """P14: the report of the screening, as it goes to the presidium; the tables behind it."""

    key, title = "p14-screening", "提案提议审查情况报告"
    template = "proposals/reports/screening.html"

    @cached_property
    def total(self) -> Counter[str]:
        return statistics.added(statistics.grouped(self.screened(), "kind", today=self.today))

    def screened(self) -> QuerySet[Proposal]:
        """Proposals and motions: advice and golden ideas go straight to units or to the office."""
        return self.papers().filter(kind__in=SCREENED)

    def _by(self, *by: str, **named: Any) -> list[Tally]:
        """The groups by name, in the order of the second column; what has no name last."""
        lines = statistics.grouped(self.screened().annotate(**named), *by, today=self.today)
        lines.sort(key=lambda line: (line[by[0]] is None, *(line[name] or 0 for name in by[1:])))
        return [
            Tally(line[by[0]], number=place, counts=statistics.added([line])) for place, line in enumerate(lines, 1)
        ]

    def by_category(self) -> list[Tally]:
        tallies = self._by("category__name", "category__parent__number", "category__number")
        return [_named(tally, NO_CATEGORY) for tally in tallies]

    def by_body(self) -> list[Tally]:
        """Of one congress its delegations, of several the congresses."""
        if len(self.congresses) == 1:
            return [
                _named(tally, NO_DELEGATION)
                for tally in self._by(
                    "body", "place",
                    body=Coalesce("delegation__name", "lead__delegation__name"),
                    place=Coalesce("delegation__number", "lead__delegation__number"),
                )
            ]  # fmt: skip
        return self._by(
            "place", "path", place=F("congress__organization__name"), path=F("congress__organization__path")
        )

    def not_filed(self) -> list[Row]:
        rows = statistics.with_outcome(self.screened()).filter(outcome__in=NOT_FILED)
        rows = rows.select_related("congress__organization", "lead__person", "merged_into").order_by(
            "congress__organization__path", "kind", "year", "number", "pk"
        )
        return [Row(number, paper) for number, paper in enumerate(rows, 1)]

    def build(self) -> list[Section]:
        body = "代表团" if len(self.congresses) == 1 else "单位"
        sections = []
        for heading, first, tallies in (
            ("附表1　分类别审查情况", "类别", self.by_category()),
            (f"附表2　分{body}审查情况", body, self.by_body()),
        ):
            self.counted(statistics.together(tallies)["received"], self.total["received"])
            columns = by_outcome(first)
            sections.append(Section(heading, tallies, columns, totals=summed(tallies, columns)))
        rows = self.not_filed()
        self.counted(len(rows), sum(self.total[name] for name in NOT_FILED))
        sections[0].breaks = True
        return [*sections, Section("附表3　未予立案和改变办理方式的提案提议", rows, ROWS)]

    def context(self) -> dict[str, Any]:
        total = self.total
        kinds = statistics.grouped(self.papers(), "kind", today=self.today)
        number = {
            kind: statistics.added(row for row in kinds if row["kind"] == kind)["received"] for kind in KIND_WORDS
        }
        return super().context() | {
            "total": total,
            "decided": total["received"] - total["pending"],
            "proposals": number[ProposalKind.PROPOSAL],
            "motions": number[ProposalKind.MOTION],
            "others": [(KIND_WORDS[kind], number[kind]) for kind in number if kind not in SCREENED and number[kind]],
            "party_share": statistics.share(total["party_building"], total["received"]),
            "overall_share": statistics.share(total["overall"], total["scoped"]),
            "unscoped": total["received"] - total["scoped"],
            "meeting": "".join(self.place) if len(self.congresses) == 1 else f"{self.organization.name}各党代表大会",
            "outcomes": [
                (words.OUTCOMES[name], total[name])
                for name in statistics.OUTCOMES
                if name not in {"pending", "unscreened"} and (total[name] or name == "filed")
            ],
            "changed": sum(total[name] for name in NOT_FILED),
            "body": "代表团" if len(self.congresses) == 1 else "单位",
            "params": self.params,
            "today": long_day(self.today),
        }


def _named(tally: Tally, otherwise: str) -> Tally:
    tally.name = tally.name or otherwise
    return tally
