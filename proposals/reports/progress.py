"""P15 and P16: how far each unit is, and everything that is late."""

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet

from congress.kernel.periods import Period
from congress.kernel.reports import Column, Section
from congress.reports import BranchForm
from delegates.reports import words as dates
from proposals.models import AssignmentState, Proposal
from proposals.reports import words
from proposals.reports.ledger import count
from proposals.reports.papers import PapersReport
from proposals.services import overview, statistics
from proposals.services.overview import Late
from proposals.services.statistics import Tally

# The head has two floors: over each group of columns stands its title, over the others their own.
GROUPS: Final = (
    ("", (
        Column("number", "序号", lambda tally: tally.number, 6),
        Column("unit", "承办单位", lambda tally: tally.name, 30, "left"),
    )),
    ("交办", (count("lead", "主办"), count("assist", "协办"), count("separate", "分办"), count("received", "合计"))),
    ("", (count("signed", "签收"),)),
    ("办理", (
        count("replied", "答复"),
        count("opinions", "协办意见"),
        count("on_time", "按期"),
        Column("n", "按期率%", lambda tally: tally.on_time, 8),
        count("on_time_first", "按原期限"),
        count("overdue", "超期未办"),
    )),
    ("答复类别", tuple(count(letter, letter) for letter in "ABCD")),
    ("代表评价（办理结果）", (
        count("satisfied", "满意"),
        count("fairly", "基本满意"),
        count("dissatisfied", "不满意"),
        Column("rate", "满意和基本满意率%", lambda tally: tally.content, 10),
    )),
)  # fmt: skip
COLUMNS: Final = tuple(column for _title, columns in GROUPS for column in columns)
NOTE: Final = (
    "按期率＝按期办结÷（已办结＋超期未办），以答复送审之日对照现行期限，“按原期限”指未经延期即办结的件数；"
    "满意和基本满意率＝（满意＋基本满意）÷收回意见。"
)


def summed(tallies: list[Tally], columns: Any) -> list[Any]:
    """The last line of a table of units; nothing where there are none."""
    return [column.value(statistics.together(tallies)) for column in columns] if tallies else []


class Progress(PapersReport):
    """P15: a line for each unit that was given a paper, and the total."""

    key, title = "p15-progress", "提案提议办理进度表"
    landscape, since = True, True

    def in_period(self, rows: QuerySet[Proposal], period: Period) -> QuerySet[Proposal]:
        """By the day it was handed to the units."""
        return rows.filter(assigned_at__date__range=(period.first, period.last))

    def build(self) -> list[Section]:
        parts = statistics.parts(self.user, self.papers())
        tallies = statistics.by_unit(self.user, parts, self.today)
        self.counted(sum(tally["received"] for tally in tallies), parts.count())
        given = statistics.together(tallies)
        notes = [f"共{len(tallies)}个承办单位，承办{given['received']}件次。{NOTE}"]
        return [Section("", tallies, COLUMNS, notes=notes, totals=summed(tallies, COLUMNS))]

    def context(self) -> dict[str, Any]:
        return super().context() | {"groups": GROUPS, "columns": COLUMNS}


@dataclass
class Row:
    """One part that is late, as the list says it."""

    number: int
    late: Late

    @property
    def part(self) -> Any:
        return self.late.row

    @property
    def extended(self) -> str:
        """The first day, where it was moved."""
        first = self.part.original_due_on
        return dates.short_day(first) if first != self.part.due_on else ""


LATE: Final = (
    Column("number", "序号", lambda row: row.number, 6),
    Column("place", "提出\n单位", lambda row: row.part.proposal.congress.organization.name, 12, "small"),
    Column("paper", "编号", lambda row: f"{row.part.proposal.kind_word}\n{row.part.proposal.number_text}", 20, "small"),
    Column("title", "案由", lambda row: row.part.proposal.title, 40, "left small"),
    Column("name", "领衔\n代表", lambda row: row.part.proposal.lead.person.name, 10, "small"),
    Column("unit", "承办单位", lambda row: row.part.unit.name, 26, "left small"),
    Column("n", "方式", lambda row: words.ROLES[row.part.role], 8, "small"),
    Column("day", "原定期限", lambda row: row.extended, 12, "small"),
    Column("day", "办理期限", lambda row: dates.short_day(row.part.due_on), 12, "small"),
    Column("n", "超期\n天数", lambda row: row.late.days, 8),
    Column("state", "目前环节", lambda row: words.PARTS[AssignmentState(row.part.state)], 12, "small"),
    Column("n", "催办\n次数", lambda row: row.late.urged, 8),
    Column("day", "最近催办", lambda row: dates.short_day(row.late.last), 12, "small"),
    Column(
        "name", "领办\n领导", lambda row: row.part.proposal.leader.name if row.part.proposal.leader else "", 10, "small"
    ),
)
STEPS: Final = ((7, "7天以内"), (15, "8—15天"), (30, "16—30天"), (10**6, "30天以上"))


def by_days(rows: list[Late]) -> str:
    """合计9件，其中超期7天以内2件、30天以上7件。"""
    parts, least = [], 0
    for most, said in STEPS:
        if number := sum(least < row.days <= most for row in rows):
            parts.append(f"超期{said}{number}件")
        least = most
    return f"合计{len(rows)}件{'，其中' if parts else ''}{'、'.join(parts)}。"


class Overdue(PapersReport):
    """P16: what is with units and late, the latest first, and how often it was urged."""

    key, title = "p16-overdue", "超期未办结提案提议清单"
    form_class = BranchForm
    landscape = True

    def build(self) -> list[Section]:
        late = overview.late(self.user, self.today, self.congresses)
        rows = [Row(number, one) for number, one in enumerate(late, 1)]
        return [Section("", rows, LATE, notes=[by_days(late)])]
