"""P03: how the delegates are composed, counted by the database in one query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.kernel.reports import Column, ReportRefused, Section
from congress.reports import BranchForm, BranchReport
from delegates.kernel import names
from delegates.models import ElectingUnit, FrontLine, Gender, MainCategory, Mandate
from delegates.policies import MANDATES
from delegates.reports import words

DRAWN_LINES = 18  # what a chart on one landscape page can hold
COLLEGE = ("大专", "大学", "本科", "研究生", "硕士", "博士")


class StructureForm(BranchForm):
    cutoff = forms.RegexField(
        r"^(19|20)\d\d-(0[1-9]|1[0-2])$",
        label=gettext_lazy("Ages as of (year-month)"),
        required=False,
        help_text=gettext_lazy("Such as 2026-06; this month if left empty."),
        error_messages={"invalid": gettext_lazy("Write year and month as 2026-06.")},
    )


class Share(float):
    """A percentage: a number to a workbook, printed with one decimal."""

    def __str__(self) -> str:
        return f"{self:.1f}"


@dataclass(slots=True)
class Line:
    """One township or delegation, or the total, as counted."""

    number: int | str
    name: str
    counts: Mapping[str, Any]

    def __getitem__(self, name: str) -> int:
        return self.counts[name] or 0

    def share(self, name: str) -> "Share | str":
        """That number as a percentage of all delegates of the line."""
        total = self["total"]
        return Share(100 * self[name] / total) if total else ""

    @property
    def seats(self) -> int | str:
        return self.counts["seats"] or ""

    @property
    def vacant(self) -> int | str:
        return max(self.counts["seats"] - self["total"], 0) if self.counts["seats"] else ""


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
)
COLUMNS = tuple(column for _title, columns in GROUPS for column in columns)


class Structure(BranchReport):
    """A line for each township, or for each delegation of one congress, and the total of them."""

    key, title = "p03-structure", "代表结构统计表"
    template = "delegates/reports/structure.html"
    form_class = StructureForm
    landscape = True

    @property
    def phrases(self) -> list[str]:
        if len(self.congresses) == 1:
            return [self.congresses[0].full_name, self.title]
        return [self.organization.name, "党代表大会", self.title]

    @cached_property
    def cutoff(self) -> date:
        """The month ages are counted to, as its first day."""
        asked = self.params["cutoff"]
        return date.fromisoformat(f"{asked}-01") if asked else timezone.localdate().replace(day=1)

    def mandates(self) -> QuerySet:
        """The delegates in office of the congresses asked for, whom the user may see."""
        return self.seen(MANDATES).filter(congress__in=self.congresses).serving()

    @property
    def by_delegation(self) -> bool:
        return len(self.congresses) == 1

    def build(self) -> list[Section]:
        lines = self._by_delegation() if self.by_delegation else self._by_congress()
        if not any(line["total"] for line in lines):
            raise ReportRefused(_("There is no delegate in office in %(name)s.") % {"name": self.organization.name})
        totals = Line("", "合计", self._totals(lines))
        if totals["total"] != self.mandates().count():
            raise ReportRefused(_("The register changed while it was being printed. Print it again."))
        note = f"年龄截至{words.long_month(self.cutoff)}；连任指曾任本地以往各届代表；百分比以本行实有代表为基数。"
        cells = [column.value(totals) for column in COLUMNS]
        return [Section(heading="", records=lines, columns=COLUMNS, totals=cells, notes=[note])]

    def _counted(self, place: str) -> QuerySet:
        return self.mandates().annotate(elected_before=elected_before()).values(place).annotate(**self._counts())

    def _by_delegation(self) -> list[Line]:
        rows = self._counted("delegation").annotate(name=F("delegation__name"))
        rows = list(rows.order_by(F("delegation__number").asc(nulls_last=True)))
        alone, (congress,) = len(rows) == 1, self.congresses
        seats = self._seats().get(congress.pk) if alone else None  # seats are given to units, not to delegations
        return [
            Line(
                number,
                row["name"] or (congress.organization.name if alone else words.NO_DELEGATION),
                row | {"seats": seats},
            )
            for number, row in enumerate(rows, 1)
        ]

    def _by_congress(self) -> list[Line]:
        counted, seats = {row["congress"]: row for row in self._counted("congress")}, self._seats()
        none = dict.fromkeys(self._counts(), 0)
        shown = [congress for congress in self.congresses if congress.pk in counted or seats.get(congress.pk)]
        return [
            Line(number, one.organization.name, counted.get(one.pk, none) | {"seats": seats.get(one.pk)})
            for number, one in enumerate(shown, 1)
        ]

    def _counts(self) -> dict[str, Count]:
        def number(condition: Q) -> Count:
            return Count("pk", filter=condition)

        def younger(years: int) -> Q:
            return Q(person__birth_month__gt=self.cutoff.replace(year=self.cutoff.year - years))

        person = {"npc": "also_npc_deputy", "cppcc": "also_cppcc_member"}
        return {
            "total": Count("pk"),
            "cadres": number(Q(main_category=MainCategory.LEADING_CADRE)),
            "front": number(Q(main_category=MainCategory.FRONT_LINE)),
            "military": number(Q(main_category=MainCategory.MILITARY_POLICE)),
            "workers": number(Q(front_line=FrontLine.WORKER)),
            "farmers": number(Q(front_line=FrontLine.FARMER)),
            "professionals": number(Q(front_line=FrontLine.PROFESSIONAL)),
            "models": number(Q(front_line=FrontLine.MODEL)),
            "women": number(Q(person__gender=Gender.FEMALE)),
            "minorities": number(~Q(person__ethnicity=names.HAN)),
            "to_35": number(younger(36)),
            "to_45": number(younger(46) & ~younger(36)),
            "to_54": number(younger(55) & ~younger(46)),
            "from_55": number(~younger(55)),
            "college": number(has_college()),
            "fresh": number(Q(elected_before=False)),
            "again": number(Q(elected_before=True)),
            **{name: number(Q(**{f"person__{field}": True})) for name, field in person.items()},
        }

    def _seats(self) -> dict[int, int | None]:
        """Seats by congress, where they are known: its own number, else what its electing units were given."""
        units = ElectingUnit.objects.filter(congress__in=self.congresses).values("congress")
        given = dict(units.annotate(seats=Sum("seat_quota")).values_list("congress", "seats"))
        return {congress.pk: congress.seats or given.get(congress.pk) for congress in self.congresses}

    def _totals(self, lines: Sequence[Line]) -> dict[str, int | None]:
        seats = list(self._seats().values()) if self.by_delegation else [line.counts["seats"] for line in lines]
        known = sum(filter(None, seats)) if all(seats) else None  # a sum of some would invent vacancies
        return {name: sum(line[name] for line in lines) for name in self._counts()} | {"seats": known}

    def context(self) -> dict[str, Any]:
        lines = self.sections[0].records
        whole = sum(line["total"] for line in lines)
        rings = (("女", "women"), ("少数民族", "minorities"), ("一线", "front"), ("大专以上", "college"))
        return super().context() | {
            "cutoff": words.long_month(self.cutoff),
            "groups": GROUPS,
            "rings": [(title, sum(line[name] for line in lines), whole) for title, name in rings],
            "drawn": len(lines) <= DRAWN_LINES,
            "sizes": [(line.name, line["total"]) for line in lines],
            "bands": ["35岁以下", "36—45岁", "46—54岁", "55岁以上"],
            "ages": [(line.name, [line[b] for b in ("to_35", "to_45", "to_54", "from_55")]) for line in lines],
        }


def has_college() -> Q:
    """Delegates with college education or more, full-time or in service."""
    condition = Q()
    for word in COLLEGE:
        condition |= Q(person__education__contains=word) | Q(person__in_service_education__contains=word)
    return condition


def elected_before() -> Exists:
    """Whether the person already was a delegate of an earlier congress of the same organisation."""
    return Exists(
        Mandate.objects.filter(
            person=OuterRef("person"),
            congress__organization=OuterRef("congress__organization"),
            congress__number__lt=OuterRef("congress__number"),
        )
    )
