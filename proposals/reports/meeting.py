"""D10: what lies on the table of a supervision meeting (督办会, F085): each late part, its progress, what was said."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.utils.translation import gettext_lazy

from congress.kernel.reports import Column, Report, ReportForm, Section
from congress.models import Organization
from congress.reports import NumberField
from delegates.reports.words import long_day, short_day
from proposals.models import Assignment, ProgressNote, SupervisionMeeting, SupervisionStep
from proposals.policies import MEETINGS
from proposals.reports import words
from proposals.services import overview, supervision
from proposals.services.overview import Late

LONGEST: Final = 160  # characters of a progress note that a cell has room for


class MeetingParameters(ReportForm):
    meeting = NumberField(MEETINGS, label=gettext_lazy("Supervision meeting (its number in the list)"))


@dataclass
class Line:
    """One part that is looked at: how far it is, and what was said at the meeting."""

    number: int
    late: Late
    progress: str
    before: str
    step: SupervisionStep | None

    @property
    def part(self) -> Assignment:
        return self.late.row

    @property
    def paper(self) -> str:
        number = self.part.proposal.number_text.replace("年", "年\n")
        return f"{self.part.proposal.kind_word}\n{number}"

    @property
    def unit(self) -> str:
        return f"{self.part.unit.name}\n（{words.ROLES[self.part.role]}）"


COLUMNS: Final = (
    Column("number", "序号", lambda line: line.number, 6),
    Column("paper", "编号", lambda line: line.paper, 16, "small"),
    Column("title", "案由", lambda line: line.part.proposal.title, 30, "left small"),
    Column("unit", "承办单位", lambda line: line.unit, 22, "left small"),
    Column("day", "办理期限", lambda line: short_day(line.part.due_on), 12, "small"),
    Column("n", "超期\n天数", lambda line: max(line.late.days, 0) or "", 8),
    Column("n", "催办\n次数", lambda line: line.late.urged or "", 8),
    Column("progress", "办理进展", lambda line: line.progress, 34, "left small"),
    Column("before", "上次要求", lambda line: line.before, 22, "left small"),
    Column("said", "本次汇报与要求", lambda line: line.step.said if line.step else "", 30, "left small"),
    Column("day", "下次\n检查", lambda line: short_day(line.step.next_on) if line.step else "", 12, "small"),
)  # fmt: skip


class MeetingPack(Report):
    """Before the meeting what is late, afterwards what was said: printed from the meeting's page."""

    key, title = "d10-supervision-meeting", "提案提议办理督办会材料"
    template = "proposals/reports/table.html"
    form_class = MeetingParameters
    landscape, listed = True, False

    @cached_property
    def meeting(self) -> SupervisionMeeting:
        return self.seen(MEETINGS).select_related("organization").get(pk=self.params["meeting"].pk)

    @property
    def organization(self) -> Organization:
        return self.meeting.organization

    @property
    def phrases(self) -> list[str]:
        return [self.organization.name, self.title]

    def lines(self) -> list[Line]:
        """What is late at the meeting, and what was minuted there, whether it is late or not."""
        meeting = self.meeting
        minuted = {
            step.assignment_id: step
            for step in meeting.steps.exclude(assignment=None).select_related(
                "assignment__unit", "assignment__proposal__congress__organization", "assignment__proposal__lead__person"
            )
        }
        late = supervision.to_discuss(meeting, self.user)
        known = {row.pk for row in late}
        parts = [*late, *(step.assignment for key, step in minuted.items() if key not in known)]
        progress = self._latest(ProgressNote.objects.filter(assignment__in=parts).order_by("at", "pk"))
        earlier = SupervisionStep.objects.filter(assignment__in=parts, on__lt=meeting.held_on).exclude(said="")
        before = self._latest(earlier.order_by("on", "pk"))
        return [
            Line(
                number,
                row,
                progress[row.row.pk].text[:LONGEST] if row.row.pk in progress else "",
                before[row.row.pk].said[:LONGEST] if row.row.pk in before else "",
                minuted.get(row.row.pk),
            )
            for number, row in enumerate(overview.urged(parts, meeting.held_on), 1)
        ]

    @staticmethod
    def _latest(rows: Iterable[Any]) -> dict[int, Any]:
        return {row.assignment_id: row for row in rows}

    def build(self) -> list[Section]:
        meeting, lines = self.meeting, self.lines()
        notes = [f"出席：{meeting.present}"] if meeting.present else []
        if meeting.minutes:
            notes.append(f"会议纪要：{meeting.minutes}")
        if meeting.next_on:
            notes.append(f"下次督办会：{long_day(meeting.next_on)}")
        return [Section("", lines, COLUMNS, notes=notes)]

    def context(self) -> dict[str, Any]:
        meeting = self.meeting
        order = f"时间：{long_day(meeting.held_on)}　地点：{meeting.place}　主持：{meeting.chair}"
        return super().context() | {"order": order}
