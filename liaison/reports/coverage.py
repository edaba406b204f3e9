"""P09: how many delegates a committee member reaches, directly or through the group; how many people they reach."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count
from django.utils.translation import gettext as _

from congress.kernel.reports import Column, ReportRefused, Section
from congress.reports import BranchReport
from delegates.kernel import names
from delegates.policies import GROUPS, MANDATES, MEMBERS
from delegates.services.structure import Share
from liaison.services.coverage import MASS, PARTY, SEAT, contacts_by, coverage_by, sitting, uncovered
from liaison.services.figures import mean
from liaison.services.limits import limits_of


@dataclass
class TownLine:
    """One township's figures, or the sum of all."""

    number: int | str
    name: str
    counts: Counter[str]

    def __getitem__(self, name: str) -> int:
        return self.counts[name]

    @property
    def rate(self) -> Any:
        return Share(100 * self["union"] / self["delegates"]) if self["delegates"] else ""

    def mean(self, name: str) -> str:
        return f"{mean(self[name], self['delegates']):.2f}"


def _n(name: str, title: str) -> Column:
    return Column("n", title, lambda line: line[name], 9)


COLUMNS: Final = (
    Column("number", "序号", lambda line: line.number, 6),
    Column("town", "乡镇", lambda line: line.name, 16),
    _n("delegates", "代表"),
    _n("groups", "代表小组"),
    _n("members", "党委委员"),
    _n("direct", "直接联系"),
    _n("via_group", "通过小组联系"),
    _n("union", "合计覆盖"),
    Column("n", "覆盖率%", lambda line: line.rate, 9),
    _n("uncovered", "未覆盖"),
    _n("party_members", "联系党员"),
    Column("n", "人均", lambda line: line.mean("party_members"), 8),
    _n("few_members", "党员不足的代表"),
    _n("masses", "联系群众"),
    Column("n", "人均", lambda line: line.mean("masses"), 8),
    _n("few_masses", "群众不足的代表"),
)
MISSED: Final = (
    Column("number", "序号", lambda line: line[0], 6),
    Column("town", "乡镇", lambda line: line[1], 16),
    Column("name", "姓名", lambda line: names.padded(line[2]), 12),
    Column("post", "单位及职务", lambda line: line[3], 44, "left"),
    Column("group", "代表小组", lambda line: line[4] or "未编入小组", 26),
)


class Coverage(BranchReport):
    """P09: a line a township, and the delegates whom no committee member reaches."""

    key, title, landscape = "p09-coverage", "党委委员联系代表、代表联系党员群众覆盖情况统计表", True
    template = "liaison/reports/tables.html"

    @property
    def phrases(self) -> list[str]:
        return [self.organization.name, "党委委员联系代表、", "代表联系党员群众", "覆盖情况统计表"]

    def build(self) -> list[Section]:
        lines = self._lines()
        missed = self._missed()
        total = TownLine("", "合计", sum((line.counts for line in lines), Counter()))
        if not total["delegates"]:
            raise ReportRefused(_("There is no delegate in office in %(name)s.") % {"name": self.organization.name})
        if total["uncovered"] != len(missed):
            raise ReportRefused(_("The register changed while it was being printed. Print it again."))
        totals = [column.value(total) for column in COLUMNS]
        sections = [Section("", lines, COLUMNS, notes=self._notes(total), totals=totals)]
        if missed:
            sections.append(Section(f"未有党委委员联系的代表（{len(missed)}名）", missed, MISSED))
        return sections

    def _notes(self, total: TownLine) -> list[str]:
        both = total["direct"] + total["via_group"] - total["union"]
        reached = (
            f"在任代表{total['delegates']}名，党委委员直接联系{total['direct']}名、通过代表小组联系{total['via_group']}名，"
            f"其中两种方式都有的{both}名，合计覆盖{total['union']}名。"
        )
        return [reached, "“不足”指低于联系人数下限；代表、委员均按现任统计。"]

    def _serving(self) -> Any:
        return self.seen(MANDATES).filter(congress__in=self.congresses).serving()

    def _lines(self) -> list[TownLine]:
        found: dict[int, Counter[str]] = {one.organization_id: Counter() for one in self.congresses}
        for organization, counts in coverage_by(self._serving()).items():
            found[organization].update(counts, union=counts["delegates"] - counts["uncovered"])
        limits = limits_of(congress.organization for congress in self.congresses)
        for row in contacts_by(self._serving()):
            counts, limit = found[row[SEAT]], limits[row[SEAT]]
            counts["party_members"] += row["party_members"] * row["delegates"]
            counts["masses"] += row["masses"] * row["delegates"]
            counts["few_members"] += row["delegates"] * (row["party_members"] < limit[PARTY].least)
            counts["few_masses"] += row["delegates"] * (row["masses"] < limit[MASS].least)
        for name, rows in (("groups", self.seen(GROUPS)), ("members", sitting(self.seen(MEMBERS)))):
            own = rows.filter(congress__in=self.congresses).order_by()
            for organization, count in own.values_list(SEAT).annotate(Count("pk")):
                found[organization][name] += count
        named = {one.organization_id: one.organization.name for one in self.congresses}
        shown = [(named[pk], counts) for pk, counts in found.items() if any(counts.values())]
        return [TownLine(number, name, counts) for number, (name, counts) in enumerate(shown, 1)]

    def _missed(self) -> list[tuple[Any, ...]]:
        rows = uncovered(self._serving()).order_by("congress__organization__path", "roster_key", "pk")
        fields = ("congress__organization__name", "person__name", "person__post", "group__name")
        return [(number, *row) for number, row in enumerate(rows.values_list(*fields), 1)]
