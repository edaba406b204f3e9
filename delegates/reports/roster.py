"""P01: the roster of delegates, in the order party congresses print it."""

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from django import forms
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.kernel import rules
from congress.kernel.reports import Column, ReportRefused, Section
from congress.models import Congress
from congress.reports import BranchForm, BranchReport
from delegates.kernel import facts, names
from delegates.models import Gender
from delegates.policies import MANDATES
from delegates.reports import words

FIELDS = (
    "person__name",
    "person__gender",
    "person__ethnicity",
    "person__birth_month",
    "person__joined_party_month",
    "person__education",
    "person__post",
    "main_category",
    "electing_unit__name",
    "group__name",
    "note",
    "congress_id",
    "delegation_id",
    "delegation__name",
)
ORDERS = {
    "surname": "按姓氏笔画为序",
    "name": "按姓名笔画为序",
}


class RosterForm(BranchForm):
    variant = forms.ChoiceField(
        label=gettext_lazy("Order of names"),
        required=False,
        choices=[
            ("", gettext_lazy("as the rule in force says")),
            ("surname", gettext_lazy("by strokes of the surname (party congresses)")),
            ("name", gettext_lazy("by strokes of the full name (people's congresses)")),
        ],
    )


class NotedName(str):
    """A name with its notation, which goes to the next line as a whole."""

    def __html__(self) -> str:
        name, bracket, said = str(self).partition("（")
        return format_html("<span>{}</span><span>{}</span>", name, bracket + said) if said else format_html("{}", name)


@dataclass(slots=True)
class Line:
    """One delegate as the roster says him."""

    number: int
    row: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.row[name]


COLUMNS = (
    Column("number", "序号", lambda line: line.number, 6),
    Column(
        "name",
        "姓名",
        lambda line: NotedName(names.notation(line["person__name"], line["person__gender"], line["person__ethnicity"])),
        18,
        "name left",
    ),
    Column("gender", "性别", lambda line: facts.PRINTED[line["person__gender"]], 6),
    Column("ethnicity", "民族", lambda line: line["person__ethnicity"], 9, "wrap"),
    Column("month", "出生年月", lambda line: words.month(line["person__birth_month"]), 10),
    Column("month", "入党时间", lambda line: words.month(line["person__joined_party_month"]), 10),
    Column("education", "学历", lambda line: line["person__education"], 9, "wrap"),
    Column("post", "单位及职务", lambda line: line["person__post"], 32, "left"),
    Column("category", "代表类别", lambda line: facts.PRINTED[line["main_category"]], 16, "small"),
    Column("unit", "选举单位", lambda line: line["electing_unit__name"], 18, "small"),
    Column("group", "代表小组", lambda line: line["group__name"] or "", 18, "small"),
    Column("remark", "备注", lambda line: line["note"], 14, "small"),
)


class Roster(BranchReport):
    """The delegates in office: by delegation where there are delegations, else a list for each congress."""

    key, title = "p01-roster", "代表名册"
    template = "delegates/reports/roster.html"
    form_class = RosterForm
    landscape = True

    @property
    def phrases(self) -> list[str]:
        if len(self.congresses) == 1:
            return [self.congresses[0].full_name, self.title]
        return [self.organization.name, "党代表大会代表名册"]

    @cached_property
    def variant(self) -> str:
        """Which order of names holds: the one asked for, else the rule's."""
        return self.params["variant"] or rules.value("stroke_variant", self.organization, timezone.localdate())

    def context(self) -> dict[str, Any]:
        return super().context() | {"order": ORDERS[self.variant], "summary": self.summary()}

    def mandates(self) -> QuerySet:
        """The delegates in office of the congresses asked for, whom the user may see."""
        return self.seen(MANDATES).filter(congress__in=self.congresses).serving()

    def build(self) -> list[Section]:
        order: list[Any] = ["roster_key"]
        if self.variant == "name":
            order = [F("manual_rank").asc(nulls_last=True), "person__plain_stroke_key"]
        rows = self.mandates().order_by(
            "congress__organization__path",
            "congress__number",
            F("delegation__number").asc(nulls_last=True),
            *order,
            "pk",
        )
        lines = list(rows.values(*FIELDS))
        by_id = {congress.pk: congress for congress in self.congresses}
        self._divided = {line["congress_id"] for line in lines if line["delegation_id"]}
        sections = [
            self._section(by_id[congress_id], delegation_id, list(group))
            for (congress_id, delegation_id), group in groupby(lines, key=_place)
        ]
        printed = sum(len(section.records) for section in sections)
        if not printed:
            raise ReportRefused(_("There is no delegate in office in %(name)s.") % {"name": self.organization.name})
        if printed != self.mandates().count():
            raise ReportRefused(_("The register changed while it was being printed. Print it again."))
        return sections

    def _section(self, congress: Congress, delegation_id: int | None, rows: list[dict[str, Any]]) -> Section:
        alone = len(self.congresses) == 1
        title = rows[0]["delegation__name"] if delegation_id else ""
        if not title and congress.pk in self._divided:
            title = words.NO_DELEGATION
        if not title:
            title = (
                congress.organization.name if alone else f"{congress.organization.name}{congress.short_name}党代表大会"
            )
        elif not alone:
            title = f"{congress.organization.name}{title}"
        return Section(
            heading=f"{title}（{len(rows)}名）",
            records=[Line(number, line) for number, line in enumerate(rows, 1)],
            columns=COLUMNS,
            notes=[_count(rows)],
            breaks=not alone,
        )

    def summary(self) -> str:
        """The line that closes the whole roster."""
        lines = [line.row for section in self.sections for line in section.records]
        held = len({line["congress_id"] for line in lines})
        scope = f"合计：{held}个党代表大会，" if held > 1 else "合计："
        return scope + _count(lines)


def _place(line: dict[str, Any]) -> tuple[int, int | None]:
    return line["congress_id"], line["delegation_id"]


def _count(lines: list[dict[str, Any]]) -> str:
    today = timezone.localdate()
    women = sum(line["person__gender"] == Gender.FEMALE for line in lines)
    minorities = sum(line["person__ethnicity"] != names.HAN for line in lines)
    mean = sum(words.age(line["person__birth_month"], today) for line in lines) / len(lines)
    return (
        f"共{len(lines)}名，其中女{women}名、少数民族{minorities}名，"
        f"平均年龄{mean:.1f}岁（年龄截至{words.long_month(today)}）。"
    )
