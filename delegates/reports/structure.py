"""P03: how the delegates are composed, against guidance and against earlier terms."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.kernel.reports import Column, ReportRefused, Section
from congress.reports import BranchForm, BranchReport
from delegates.models import Mandate
from delegates.reports import words
from delegates.services import structure
from delegates.services.structure import RATIOS, TREND, Line, Trend, Verdict

DRAWN_LINES = 18  # what a chart on one landscape page can hold
NAMED_PLACES = 12  # how many of those who miss the guidance a cell can hold
FIRST_YEAR = 1949


class StructureForm(BranchForm):
    cutoff = forms.RegexField(
        r"^(19|20)\d\d-(0[1-9]|1[0-2])$",
        label=gettext_lazy("Ages as of (year-month)"),
        required=False,
        help_text=gettext_lazy("Such as 2026-06; this month if left empty."),
        error_messages={"invalid": gettext_lazy("Write year and month as 2026-06.")},
    )

    def clean_cutoff(self) -> str:
        asked = self.cleaned_data["cutoff"]
        if asked and int(asked[:4]) < FIRST_YEAR:
            raise forms.ValidationError(_("Ages are counted to a month from %(year)s on.") % {"year": FIRST_YEAR})
        return asked


def _n(name: str, title: str) -> Column:
    return Column("n", title, lambda line: line[name], 6)


def _p(name: str) -> Column:
    return Column("p", "%", lambda line: line.share(name), 6)


# The head has two floors: over each group of columns stands its title, over the others their own.
GROUPS: Sequence[tuple[str, Sequence[Column]]] = (
    ("", (Column("number", "序号", lambda line: line.number, 5), Column("place", "单位", lambda line: line.name, 14))),
    (
        "名额",
        (
            Column("n", "应选", lambda line: line.seats, 6),
            _n("total", "实有"),
            Column("n", "缺额", lambda line: line.vacant, 6),
        ),
    ),
    ("领导干部", (_n("cadres", "人"), _p("cadres"))),
    ("一线", (_n("front", "人"), _p("front"))),
    ("其中", (_n("workers", "工人"), _n("farmers", "农民"), _n("professionals", "专技"), _n("models", "先模"))),
    ("军警", (_n("military", "人"), _p("military"))),
    ("女", (_n("women", "人"), _p("women"))),
    ("少数民族", (_n("minorities", "人"), _p("minorities"))),
    (
        "年龄",
        (
            _n("to_35", "35岁\n以下"),
            _n("to_45", "36—\n45岁"),
            _n("to_54", "46—\n54岁"),
            _n("from_55", "55岁\n以上"),
        ),
    ),
    ("大专以上", (_n("college", "人"), _p("college"))),
    ("任职", (_n("fresh", "新任"), _n("again", "连任"))),
    ("兼任", (_n("npc", "人大"), _n("cppcc", "政协"))),
    ("外出", (_n("migrants", "务工"),)),
)
COLUMNS = tuple(column for _title, columns in GROUPS for column in columns)


def asked(verdict: Verdict) -> str:
    """不低于30%."""
    return f"{'不低于' if verdict.ratio.at_least else '不高于'}{verdict.asked}%"


def judged(verdict: Verdict) -> str:
    """达到, 还差3名 or 超出2名."""
    if not verdict.missing:
        return "达到" if verdict.ratio.at_least else "未超出"
    return f"{'还差' if verdict.ratio.at_least else '超出'}{verdict.missing}名"


class Structure(BranchReport):
    """A line for each township, or for each delegation of one congress, and the total; then guidance and terms."""

    key, title = "p03-structure", "代表结构统计表"
    template = "delegates/reports/structure.html"
    form_class = StructureForm
    landscape = True

    @property
    def phrases(self) -> list[str]:
        if self.by_delegation:
            return [self.congresses[0].full_name, self.title]
        return [self.organization.name, "党代表大会", self.title]

    @cached_property
    def cutoff(self) -> date:
        """The month ages are counted to, as its first day."""
        said = self.params["cutoff"]
        return date.fromisoformat(f"{said}-01") if said else structure.this_month()

    def mandates(self) -> QuerySet[Mandate]:
        """The delegates in office of the congresses asked for, whom the user may see."""
        return structure.seats_of(self.user, self.congresses)

    @property
    def by_delegation(self) -> bool:
        return len(self.congresses) == 1

    @cached_property
    def composed(self) -> structure.Structure:
        return structure.compose(self.user, self.congresses, self.cutoff)

    def build(self) -> list[Section]:
        lines = self._by_delegation() if self.by_delegation else self._by_congress()
        if not any(line["total"] for line in lines):
            raise ReportRefused(_("There is no delegate in office in %(name)s.") % {"name": self.organization.name})
        totals = Line("", "合计", structure.add_up(lines) | {"seats": self.composed.total.counts["seats"]})
        if totals["total"] != self.mandates().count() or any(
            totals[name] != self.composed.total[name] for name in structure.COUNTED
        ):
            raise ReportRefused(_("The register changed while it was being printed. Print it again."))
        note = (
            f"年龄截至{words.long_month(self.cutoff)}；连任指曾任本地以往各届代表；兼任指兼任人大代表、政协委员；"
            "百分比以本行实有代表为基数。"
        )
        cells = [column.value(totals) for column in COLUMNS]
        main = Section(heading="", records=lines, columns=COLUMNS, totals=cells, notes=[note])
        return [main, *self._guidance(), *self._terms()]

    def _by_delegation(self) -> list[Line]:
        rows = structure.counted(self.mandates(), self.cutoff, "delegation").annotate(name=F("delegation__name"))
        rows = list(rows.order_by(F("delegation__number").asc(nulls_last=True)))
        alone, (congress,) = len(rows) == 1, self.congresses
        # Seats are given to units, not to delegations.
        seats = self.composed.total.counts["seats"] if alone else None
        return [
            Line(
                number,
                row["name"] or (congress.organization.name if alone else words.NO_DELEGATION),
                row | {"seats": seats},
            )
            for number, row in enumerate(rows, 1)
        ]

    def _by_congress(self) -> list[Line]:
        shown = [line for line in self.composed.lines if line["total"] or line.seats]
        for number, line in enumerate(shown, 1):
            line.number = number
        return shown

    def _guidance(self) -> list[Section]:
        """The shares for which somewhere guidance is set, with who misses it."""
        verdicts = [one for one in self.composed.total.verdicts if one.asked is not None]
        if not verdicts:
            return []
        columns = [
            Column("asked-ratio", "指标", lambda one: one.ratio.printed, 16),
            Column("asked-share", "指导比例", asked, 14),
            Column("asked-number", "实有人数", lambda one: one.number, 10),
            Column("asked-number", "占比（%）", lambda one: one.share, 10),
            Column("asked-share", "结论", judged, 12),
        ]
        if not self.by_delegation:
            columns.append(Column("asked-places", "未达到的单位", self._missing, 50, "left"))
        width = "asked-rest" if self.by_delegation else "asked-source"
        columns.append(Column(width, "依据", lambda one: one.source, 30, "left"))
        return [Section(heading="与指导比例对照", records=verdicts, columns=columns)]

    def _missing(self, verdict: Verdict) -> str:
        """The places that miss the guidance, each by how many: 青江镇还差3名."""
        ratio = RATIOS.index(verdict.ratio)
        missed = [line for line in self._by_congress() if line.verdicts[ratio].missing]
        said = [f"{line.name}{judged(line.verdicts[ratio])}" for line in missed[:NAMED_PLACES]]
        return "、".join(said) + (f"等{len(missed)}个单位" if len(missed) > NAMED_PLACES else "")

    @cached_property
    def trend(self) -> Trend | None:
        """The terms to compare: of one congress all that are known, of several the last two together."""
        trends = self.composed.trends
        if self.by_delegation or not trends:
            return trends[0] if trends else None
        return structure.together(trends, "上届", "本届")

    def _terms(self) -> list[Section]:
        if self.trend is None:
            return []
        columns = [
            Column("place", "届次", lambda line: line.name, 14),
            Column("n", "代表", lambda line: line["total"], 8),
        ]
        for name, _title, printed in TREND:
            columns += [
                Column("n", printed, lambda line, name=name: line[name], 10),
                Column("p", "%", lambda line, name=name: line.share(name), 8),
            ]
        note = "年龄按各届开幕时计算；学历为登记的现有学历。"
        if not self.by_delegation:
            towns = self.composed.trends
            known = "、".join(trend.name for trend in towns[:NAMED_PLACES])
            note = f"有上届资料的{len(towns)}个单位合计：{known}{'等' if len(towns) > NAMED_PLACES else ''}。{note}"
        return [Section(heading="历届比较", records=self.trend.terms, columns=columns, notes=[note])]

    def context(self) -> dict[str, Any]:
        lines, total = self.sections[0].records, self.composed.total
        shares = (("女", "women"), ("少数民族", "minorities"), ("一线", "front"), ("大专以上", "college"))
        terms = self.trend.terms if self.trend else []
        return super().context() | {
            "cutoff": words.long_month(self.cutoff),
            "groups": GROUPS,
            "columns": COLUMNS,
            "rings": [(title, total[name], total["total"]) for title, name in shares],
            "targets": [
                (one.ratio.printed, one.number, one.total, one.asked, asked(one), judged(one), bool(one.missing))
                for one in total.verdicts
                if one.asked is not None
            ],
            "drawn": len(lines) <= DRAWN_LINES,
            "sizes": [(line.name, line["total"]) for line in lines],
            "bands": ["35岁以下", "36—45岁", "46—54岁", "55岁以上"],
            "ages": [(line.name, [line[band] for band in structure.BANDS["ages"]]) for line in lines],
            "terms": [term.name for term in terms],
            "trend": [(printed, [(term[name], term["total"]) for term in terms]) for name, _title, printed in TREND],
        }
