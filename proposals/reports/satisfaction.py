"""P17: what delegates think of the handling, unit by unit."""

from typing import Any, Final

from django.db.models import QuerySet

from congress.kernel.periods import Period
from congress.kernel.reports import Column, Section
from proposals.models import ANSWERING, Proposal
from proposals.policies import FEEDBACKS
from proposals.reports.ledger import count
from proposals.reports.papers import PapersReport
from proposals.reports.progress import summed
from proposals.services import statistics
from proposals.services.statistics import Tally

GROUPS: Final = (
    ("", (
        Column("number", "序号", lambda tally: tally.number, 6),
        Column("unit", "承办单位", lambda tally: tally.name, 30, "left"),
        count("answered_papers", "已答复\n（件）"),
    )),
    ("征询意见表（份）", (count("forms", "发出"), count("returned", "收回"), count("silent", "未反馈"))),
    ("对办理结果", (
        count("satisfied", "满意"),
        count("fairly", "基本满意"),
        count("dissatisfied", "不满意"),
        Column("rate", "满意和基本满意率%", lambda tally: tally.content, 10),
        Column("rate", "满意率%", lambda tally: tally.strictly, 10),
    )),
    ("对办理态度", (
        count("attitude_satisfied", "满意"),
        count("attitude_fairly", "基本满意"),
        count("attitude_dissatisfied", "不满意"),
        Column("rate", "满意和基本满意率%", lambda tally: tally.content_with_attitude, 10),
    )),
    ("", (count("rehandled", "重新办理\n（件）"),)),
)  # fmt: skip
COLUMNS: Final = tuple(column for _title, columns in GROUPS for column in columns)


class SatisfactionReport(PapersReport):
    """P17: of the papers answered, what their signers said of the last answer; silence counts for nobody."""

    key, title = "p17-satisfaction", "提案提议办理满意度测评统计表"
    landscape, since = True, True

    def in_period(self, rows: QuerySet[Proposal], period: Period) -> QuerySet[Proposal]:
        """By the day it was answered."""
        return rows.filter(answered_at__date__range=(period.first, period.last))

    def answered(self) -> QuerySet[Proposal]:
        """The papers that units have answered."""
        return self.papers().filter(answered_at__isnull=False, assigned_at__isnull=False)

    def tallies(self) -> list[Tally]:
        parts = statistics.parts(self.user, self.answered()).filter(role__in=ANSWERING)
        return statistics.by_unit(self.user, parts, self.today)

    def build(self) -> list[Section]:
        tallies = self.tallies()
        total = statistics.together(tallies)
        self.counted(total["satisfied"] + total["fairly"] + total["dissatisfied"], total["returned"])
        rows = self.seen(FEEDBACKS).filter(proposal__in=self.answered().order_by().values("pk"))
        returned = statistics.judged(rows).count()
        notes = [
            "以最近一次答复的征询结果为准，未反馈的不计入收回；满意和基本满意率＝（满意＋基本满意）÷收回，满意率＝满意÷收回。"
        ]
        if returned != total["returned"]:
            notes.append(f"分办件的意见分别计入各分办单位；不重复计算，共收回{returned}份。")
        return [Section("", tallies, COLUMNS, notes=notes, totals=summed(tallies, COLUMNS))]

    def context(self) -> dict[str, Any]:
        return super().context() | {"groups": GROUPS, "columns": COLUMNS}
