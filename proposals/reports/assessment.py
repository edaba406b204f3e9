"""D05: the yearly assessment of handling units, with the counts it rests on."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from congress.kernel.reports import Column, ReportRefused, Section
from congress.kernel.workflow import Refused
from congress.models import Organization
from congress.reports import BranchForm, BranchReport
from delegates.reports.words import long_day
from delegates.services.structure import Share
from proposals.services import assessment, statistics
from proposals.services.assessment import KINDS, Assessed, Scheme

TITLES: Final = {"on_time": "按期", "class": "答复", "satisfaction": "满意", "contact": "联系"}


class AssessmentForm(BranchForm):
    year = forms.IntegerField(
        label=gettext_lazy("Year"), required=False, min_value=1950, max_value=2100,
        help_text=gettext_lazy("This year if left empty."),
    )  # fmt: skip


def _counted(name: str, title: str) -> Column:
    return Column("n", title, lambda line: line.tally[name], 8)


def _points(kind: str) -> Callable[[Assessed], Any]:
    return lambda line: Share(line.points[kind]) if kind in line.points else "—"


def groups(held: Scheme) -> list[tuple[str, tuple[Column, ...]]]:
    """The head's two floors: over the points stands what they may reach."""
    return [
        ("", (
            Column("number", "名次", lambda line: line.rank or "—", 6),
            Column("unit", "承办单位", lambda line: line.tally.name, 30, "left"),
        )),
        ("办理情况（件）", (
            _counted("received", "承办"), _counted("done", "办结"), _counted("on_time", "按期"),
            _counted("overdue", "超期"), _counted("contacted", "联系代表"),
        )),
        ("答复类别", tuple(_counted(letter, letter) for letter in "ABCD")),
        ("代表评价（份）", (
            _counted("returned", "收回"), _counted("satisfied", "满意"), _counted("fairly", "基本满意"),
            _counted("dissatisfied", "不满意"),
        )),
        ("得分", (
            *(Column("n", f"{TITLES[kind]}\n{held.points[kind]}分", _points(kind), 8) for kind in KINDS),
            Column("n", "总分", lambda line: "" if line.total is None else Share(line.total), 8),
        )),
        ("", (Column("advice", "建议\n等次", lambda line: "优秀" if line.is_proposed else "", 10),)),
    ]  # fmt: skip


class UnitAssessment(BranchReport):
    """D05: the units of a year, the best first; the best fifth is proposed as excellent."""

    key, title = "d05-unit-assessment", "提案提议承办单位考评表"
    template = "proposals/reports/table.html"
    form_class = AssessmentForm
    landscape = True

    @property
    def year(self) -> int:
        return self.params["year"] or timezone.localdate().year

    @property
    def phrases(self) -> list[str]:
        return [self._place.name, f"{self.year}年度", "提案提议", "承办单位考评表"]

    @property
    def _place(self) -> Organization:
        congress = self.params["congress"]
        return congress.organization if congress else self.organization

    @cached_property
    def assessed(self) -> tuple[list[Assessed], Scheme]:
        try:
            return assessment.assess(self.user, self._place, self.year)
        except Refused as refusal:
            raise ReportRefused(str(refusal)) from refusal

    def build(self) -> list[Section]:
        lines, held = self.assessed
        columns = tuple(column for _title, own in groups(held) for column in own)
        together = statistics.together(line.tally for line in lines)
        totals = [column.value(Assessed(together)) for column in columns]
        totals[0], totals[-1] = "", ""
        for place, column in enumerate(columns):
            if column.title.endswith("分") and place:
                totals[place] = ""
        worth = "、".join(f"{letter}类按{value}%" for letter, value in zip("ABCD", held.values, strict=True))
        said = (
            f"按现行办理期限在本年度的统计。按期：按期办结÷（已办结＋超期未办）；答复：{worth}计；"
            "满意度：（满意＋基本满意）÷收回；联系：办理中与代表联系且代表未否认的件数÷已答复件数。"
            "尚无可评数据的项目不计，其余各项折算为100分；只协办的单位不排名。"
        )
        notes = [
            said,
            f"建议等次为优秀的约占参评单位的{held.excellent}%，供评审参考；有超期未办结的，应当先行办结。",
        ]
        return [Section("", lines, columns, notes=notes, totals=totals if lines else [])]

    def context(self) -> dict[str, Any]:
        _lines, held = self.assessed
        columns = self.sections[0].columns
        shown = [(title, own) for title, own in groups(held)]
        return super().context() | {
            "groups": shown, "columns": columns, "order": f"（截至{long_day(timezone.localdate())}）",
        }  # fmt: skip
