"""P04 and P05: the seats nobody holds and how far each by-election is; the decisions on delegates in a period."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from congress.kernel.reports import Column, ReportRefused, Section
from congress.models import DueTime
from congress.policies import DUE_TIMES
from congress.reports import BranchForm, BranchReport, PeriodField
from delegates.kernel import names
from delegates.models import (
    ElectionKind,
    ElectionStep,
    Mandate,
    MandateChange,
    Vacancy,
    VacancyState,
)
from delegates.policies import CHANGES, VACANCIES
from delegates.querysets import SERVING
from delegates.reports import words
from delegates.workflows.openings import STEP, awaited

CAUSES: Final = {
    "resigned": "辞职", "terminated": "终止资格", "removed": "罢免", "died": "去世", "ceased": "停止执行职务",
    "void": "当选无效", "not_filled": "选举缺额", "quota": "名额未配满",
}  # fmt: skip
STEPS: Final = ("recommend", "approve_candidates", "vote", "approve_result")
EVENTS: Final = {
    "admit": "补选", "void_procedure": "当选无效", "void_unfit": "当选无效", "suspend": "暂停", "restore": "恢复",
    "cease": "停止", "terminate": "终止", "accept_resignation": "辞职", "remove": "罢免", "dismiss": "终止",
}  # fmt: skip


@dataclass
class Seat:
    """One empty seat as the report says it; the unit's own figures stand on its first line."""

    number: int
    vacancy: Vacancy
    first: bool
    held: int
    empty: int
    steps: dict[str, ElectionStep]
    due_on: date | None

    def step(self, verb: str) -> str:
        """The date of a step and its document."""
        step = self.steps.get(verb)
        return f"{words.short_day(step.done_on)}\n{step.basis}".strip() if step else ""

    @property
    def stands_at(self) -> str:
        vacancy = self.vacancy
        if vacancy.state != VacancyState.OPEN:
            return f"{vacancy.filled_by.person.name}补选" if vacancy.filled_by else vacancy.get_state_display()
        return awaited(vacancy.election.state) if vacancy.election else ""

    @property
    def due(self) -> str:
        if self.due_on is None:
            return ""
        late = (timezone.localdate() - self.due_on).days
        return words.short_day(self.due_on) + (f"\n超期{late}天" if late > 0 else "")


def _own(value: Any) -> Any:
    """A figure of the unit, once."""
    return lambda seat: value(seat) if seat.first else ""


SEAT_COLUMNS = (
    Column("number", "序号", lambda seat: seat.number, 6),
    Column("place", "单位", lambda seat: seat.vacancy.electing_unit.congress.organization.name, 12, "small"),
    Column("unit", "选举单位", lambda seat: str(seat.vacancy.electing_unit), 20, "small"),
    Column("figure", "应选\n名额", _own(lambda seat: seat.vacancy.electing_unit.seat_quota or "—"), 8),
    Column("figure", "在任", _own(lambda seat: seat.held), 8),
    Column("figure", "缺额", _own(lambda seat: seat.empty), 8),
    Column("cause", "出缺原因", lambda seat: CAUSES[seat.vacancy.cause], 12, "small"),
    Column("name", "原代表", lambda seat: seat.vacancy.left_by.person.name if seat.vacancy.left_by else "—", 10),
    Column("day", "出缺日期", lambda seat: words.short_day(seat.vacancy.opened_on), 12),
    Column("step", "①推荐初步人选", lambda seat: seat.step("recommend"), 18, "fine"),
    Column("step", "②批复候选人", lambda seat: seat.step("approve_candidates"), 18, "fine"),
    Column("step", "③选举", lambda seat: seat.step("vote"), 18, "fine"),
    Column("step", "④批复选举结果", lambda seat: seat.step("approve_result"), 18, "fine"),
    Column("now", "现在环节", lambda seat: seat.stands_at, 20, "small"),
    Column("due", "办理期限", lambda seat: seat.due, 14, "fine"),
)


class Vacancies(BranchReport):
    """P04: every vacancy of the congresses in office that is open today, with its by-election's four steps."""

    key, title = "p04-vacancies", "缺额及补选情况表"
    template = "delegates/reports/changes.html"
    landscape = True

    @property
    def phrases(self) -> list[str]:
        if len(self.congresses) == 1:
            return [self.congresses[0].full_name, "代表", self.title]
        return [self.organization.name, "党代表", self.title]

    def vacancies(self) -> QuerySet[Vacancy]:
        """Open ones, and those filled that the next session has still to confirm."""
        rows = self.seen(VACANCIES).filter(electing_unit__congress__in=self.congresses)
        return rows.filter(state__in=[VacancyState.OPEN, VacancyState.FILLED])

    def build(self) -> list[Section]:
        rows = self.vacancies().select_related(
            "electing_unit__congress__organization", "left_by__person", "filled_by__person", "election"
        )
        rows = rows.order_by(
            "electing_unit__congress__organization__path",
            "electing_unit__number",
            "electing_unit_id",
            "opened_on",
            "pk",
        )
        vacancies = list(rows)
        units = {vacancy.electing_unit_id for vacancy in vacancies}
        serving = Mandate.objects.filter(electing_unit__in=units, status__in=SERVING).order_by()
        held = dict(serving.values_list("electing_unit").annotate(Count("pk")))
        empty = Counter(v.electing_unit_id for v in vacancies if v.state == VacancyState.OPEN)
        steps, due = self._steps(vacancies), self._due(vacancies)
        seen: set[int] = set()
        seats = []
        for number, vacancy in enumerate(vacancies, 1):
            unit, election = vacancy.electing_unit_id, vacancy.election_id or 0
            seats.append(
                Seat(
                    number, vacancy, unit not in seen, held.get(unit, 0), empty[unit], steps.get(election, {}),
                    due.get(election) if vacancy.state == VacancyState.OPEN else None,
                )
            )  # fmt: skip
            seen.add(unit)
        shown = sum(seat.empty for seat in seats if seat.first)
        if shown != sum(empty.values()):
            raise ReportRefused(_("The register changed while it was being printed. Print it again."))
        notes = [f"缺额合计{shown}个，已补选待会议确认{len(seats) - shown}个。"]
        return [Section(heading="", records=seats, columns=SEAT_COLUMNS, notes=notes)]

    def _steps(self, vacancies: list[Vacancy]) -> dict[int, dict[str, ElectionStep]]:
        """By election, the last time each step was taken."""
        found: dict[int, dict[str, ElectionStep]] = {}
        elections = {vacancy.election_id for vacancy in vacancies}
        for step in ElectionStep.objects.filter(election__in=elections, verb__in=STEPS).order_by("pk"):
            found.setdefault(step.election_id, {})[step.verb] = step
        return found

    def _due(self, vacancies: list[Vacancy]) -> dict[int, date]:
        ids = [vacancy.election_id for vacancy in vacancies if vacancy.election_id]
        rows: QuerySet[DueTime] = self.seen(DUE_TIMES).filter(kind=STEP, subject_id__in=ids, closed_at=None)
        return dict(rows.values_list("subject_id", "due_on"))

    def context(self) -> dict[str, Any]:
        return super().context() | {"order": f"（截至{words.long_day(timezone.localdate())}）"}


class ChangesForm(BranchForm):
    period = PeriodField(required=False)


@dataclass
class Event:
    """One decision as the report says it."""

    number: int
    change: MandateChange

    @property
    def name(self) -> str:
        person = self.change.mandate.person
        return names.notation(person.name, person.gender, person.ethnicity)


EVENT_COLUMNS = (
    Column("number", "序号", lambda event: event.number, 6),
    Column("place", "单位", lambda event: event.change.mandate.congress.organization.name, 12, "small"),
    Column("name", "姓名", lambda event: event.name, 16, "wrap"),
    Column("post", "工作单位及职务", lambda event: event.change.mandate.person.post, 28, "left small"),
    Column("unit", "选举单位", lambda event: str(event.change.mandate.electing_unit), 18, "small"),
    Column("event", "变动", lambda event: EVENTS[event.change.verb], 10),
    Column("reason", "原因", lambda event: event.change.get_reason_display(), 18, "small"),
    Column("day", "日期", lambda event: words.short_day(event.change.decided_on), 12),
    Column("basis", "依据文号", lambda event: event.change.basis, 20, "fine"),
    Column("decider", "决定机关", lambda event: event.change.decider, 20, "fine"),
    Column("day", "备案日期", lambda event: words.short_day(event.change.filed_on), 12),
    Column(
        "basis", "备案文号",
        lambda event: event.change.filing_number or ("未备案" if event.change.filing_due_on else "—"), 20, "fine",
    ),
)  # fmt: skip


class Changes(BranchReport):
    """P05: who left, was suspended, restored or came in by a by-election in a period, with basis and filing."""

    key, title = "p05-changes", "代表变动情况表"
    template = "delegates/reports/changes.html"
    form_class = ChangesForm
    landscape = True

    @property
    def phrases(self) -> list[str]:
        place = self.congresses[0].full_name if len(self.congresses) == 1 else f"{self.organization.name}党代表大会"
        return [place, self.title, f"（{self.params['period'].words}）"]

    def changes(self) -> QuerySet[MandateChange]:
        """Decisions of the period on delegates of the congresses; of those admitted only who came by a by-election."""
        period = self.params["period"]
        rows = self.seen(CHANGES).filter(
            mandate__congress__in=self.congresses, verb__in=EVENTS, decided_on__range=(period.first, period.last)
        )
        return rows.exclude(~Q(mandate__election__kind=ElectionKind.BY_ELECTION), verb="admit")

    def build(self) -> list[Section]:
        rows = self.changes().select_related(
            "mandate__person", "mandate__electing_unit", "mandate__congress__organization"
        )
        rows = rows.order_by("mandate__congress__organization__path", "decided_on", "mandate__roster_key", "pk")
        events = [Event(number, change) for number, change in enumerate(rows, 1)]
        counts = Counter(EVENTS[event.change.verb] for event in events)
        said = "、".join(f"{name}{counts[name]}人次" for name in dict.fromkeys(EVENTS.values()) if counts[name])
        notes = [f"合计{len(events)}人次{'：' if said else ''}{said}。"]
        return [Section(heading="", records=events, columns=EVENT_COLUMNS, notes=notes)]
