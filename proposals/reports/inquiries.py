"""P26: what delegates asked bodies, and what they were answered."""

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone

from congress.kernel.reports import Column, Section
from congress.reports import BranchForm, BranchReport
from delegates.reports import words as dates
from proposals.models import Inquiry, InquiryKind, InquiryState
from proposals.policies import INQUIRIES
from proposals.reports import words
from proposals.reports.papers import AnyPeriodField

KINDS: Final = {InquiryKind.ENQUIRY: "询问", InquiryKind.INTERPELLATION: "质询"}
MODES: Final = {"oral": "口头", "written": "书面", "": ""}
NAMED: Final = 5  # of many askers the first are named, and how many they are


class InquiriesForm(BranchForm):
    period = AnyPeriodField()


@dataclass
class Row:
    """One enquiry or interpellation."""

    number: int
    inquiry: Inquiry

    @property
    def asked_on(self) -> str:
        at = self.inquiry.submitted_at
        return dates.short_day(timezone.localdate(at)) if at else ""

    @property
    def askers(self) -> str:
        """The first asker, then the others in the order of the roster."""
        lead = self.inquiry.lead
        others = sorted(
            (one for one in self.inquiry.askers.all() if one.pk != lead.pk), key=lambda one: (one.roster_key, one.pk)
        )
        names = [lead.person.name, *(one.person.name for one in others)]
        return "、".join(names[:NAMED]) + (f"等{len(names)}人" if len(names) > NAMED else "")

    @property
    def rated(self) -> str:
        one = self.inquiry
        said = [
            (name, satisfied, dissatisfied)
            for name, satisfied, dissatisfied in (
                ("首次：", one.first_satisfied, one.first_dissatisfied),
                ("再次：" if one.first_satisfied is not None else "", one.satisfied, one.dissatisfied),
            )
            if satisfied is not None
        ]
        return "\n".join(f"{name}满意{satisfied}人\n不满意{dissatisfied}人" for name, satisfied, dissatisfied in said)

    @property
    def ended(self) -> str:
        """What came of it; why it was not accepted; else how it stands."""
        one = self.inquiry
        return one.outcome or one.refusal or words.INQUIRIES[InquiryState(one.state)]


COLUMNS: Final = (
    Column("number", "序号", lambda row: row.number, 6),
    Column("place", "单位", lambda row: row.inquiry.congress.organization.name, 12, "small"),
    Column("day", "提出日期", lambda row: row.asked_on, 12, "small"),
    Column("kind", "类别", lambda row: KINDS[InquiryKind(row.inquiry.kind)], 8, "small"),
    Column("askers", "提出人", lambda row: row.askers, 20, "left small"),
    Column("target", "被询问\n（质询）\n单位", lambda row: row.inquiry.target.name, 20, "left small"),
    Column("question", "询问、质询\n事项", lambda row: row.inquiry.subject, 40, "left small"),
    Column("day", "答复期限", lambda row: dates.short_day(row.inquiry.due_on), 12, "small"),
    Column("day", "答复日期", lambda row: dates.short_day(row.inquiry.answered_on), 12, "small"),
    Column("kind", "答复\n方式", lambda row: MODES[row.inquiry.answer_mode], 8, "small"),
    Column("rated", "代表评价", lambda row: row.rated, 14, "small"),
    Column("day", "再次答复", lambda row: dates.short_day(row.inquiry.second_answered_on), 12, "small"),
    Column("ended", "处理结果", lambda row: row.ended, 24, "left small"),
)


class Inquiries(BranchReport):
    """P26: every enquiry and interpellation handed in, in the order of the days."""

    key, title = "p26-inquiries", "质询询问登记表"
    template = "proposals/reports/table.html"
    form_class = InquiriesForm
    landscape = True

    @property
    def phrases(self) -> list[str]:
        period = self.params["period"]
        place = self.congresses[0].full_name if len(self.congresses) == 1 else f"{self.organization.name}党代表大会"
        return [place, self.title, *([f"（{period.words}）"] if period else [])]

    def inquiries(self) -> QuerySet[Inquiry]:
        rows = self.seen(INQUIRIES).filter(congress__in=self.congresses, submitted_at__isnull=False)
        if period := self.params["period"]:
            rows = rows.filter(submitted_at__date__range=(period.first, period.last))
        return rows

    def build(self) -> list[Section]:
        rows = self.inquiries().select_related("congress__organization", "lead__person", "target")
        rows = rows.prefetch_related("askers__person").order_by("submitted_at", "pk")
        lines = [Row(number, one) for number, one in enumerate(rows, 1)]
        counts = [(word, sum(row.inquiry.kind == kind for row in lines)) for kind, word in KINDS.items()]
        answered = sum(row.inquiry.answered_on is not None for row in lines)
        said = "、".join(f"{word}{number}件" for word, number in counts)
        notes = [f"合计{len(lines)}件：{said}；已答复{answered}件。"]
        return [Section("", lines, COLUMNS, notes=notes)]

    def context(self) -> dict[str, Any]:
        return super().context() | {"order": f"（截至{dates.long_day(timezone.localdate())}）"}
