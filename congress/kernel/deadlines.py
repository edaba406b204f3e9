"""Calendar arithmetic. Every due time in the project comes from here, with the reason day by day.

The day after the start is day one; the whole of the last day counts; a deadline that would end on a
rest day ends on the next working day (Civil Code art. 203; reference.md §3.6). Instants are half-open: *due at*
00:00 of the day after.
"""

import calendar as months
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from congress.models import CalendarDay, CalendarYear

TZ: Final = ZoneInfo("Asia/Shanghai")
WEEKDAYS: Final = "一二三四五六日"


@dataclass(frozen=True)
class WorkCalendar:
    """The days that differ from their weekday, and the years for which that is known."""

    exceptions: Mapping[date, tuple[bool, str]]
    years: Set[int]

    @classmethod
    def load(cls) -> "WorkCalendar":
        """The calendar as staff keep it. Two queries."""
        days = CalendarDay.objects.values_list("day", "is_workday", "note")
        return cls(
            {day: (is_workday, note) for day, is_workday, note in days},
            frozenset(CalendarYear.objects.values_list("year", flat=True)),
        )

    def is_workday(self, day: date) -> bool:
        known = self.exceptions.get(day)
        return known[0] if known else day.weekday() < 5

    def note(self, day: date) -> str:
        """Why the day is worked or not: the occasion, or its weekday."""
        known = self.exceptions.get(day)
        return known[1] if known else _("%(weekday)s") % {"weekday": f"星期{WEEKDAYS[day.weekday()]}"}


@dataclass(frozen=True)
class Deadline:
    """A due day with its reason. `due_at` is what is stored; `steps` is *why this date*, a line a day that matters."""

    due_on: date
    steps: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    rule: str = ""  # by which it can be counted again

    @property
    def due_at(self) -> datetime:
        return end_of(self.due_on)


def end_of(day: date) -> datetime:
    """The first instant after `day`: a deadline “on the 5th” is met all through the 5th."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=TZ)


def add_months(day: date, count: int) -> date:
    """The same day `count` months later, or that month's last day if it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def after_working_days(start: date, count: int, calendar: WorkCalendar) -> Deadline:
    """The end of the `count`-th working day after `start`; the start day itself does not count."""
    day, worked, steps = start, 0, [_step(start, _("start, not counted"))]
    while worked < count:
        day += timedelta(days=1)
        if calendar.is_workday(day):
            worked += 1
            steps.append(_step(day, _("working day %(n)s") % {"n": worked}, calendar))
        else:
            steps.append(_step(day, _("rest day, not counted"), calendar))
    return Deadline(day, tuple(steps), _warnings(start, day, calendar))


def after_days(start: date, count: int, calendar: WorkCalendar) -> Deadline:
    """The end of the `count`-th day after `start`, moved to the next working day if it is a rest day."""
    target = start + timedelta(days=count)
    first = (_step(start, _("start, not counted")), _step(target, _("day %(n)s") % {"n": count}, calendar))
    return _rolled(start, target, first, calendar)


def after_months(start: date, count: int, calendar: WorkCalendar) -> Deadline:
    """The end of the same day `count` months after `start`, moved to the next working day if it is a rest day."""
    target = add_months(start, count)
    first = (_step(start, _("start, not counted")), _step(target, _("%(n)s months later") % {"n": count}, calendar))
    return _rolled(start, target, first, calendar)


def _rolled(start: date, target: date, first: tuple[str, ...], calendar: WorkCalendar) -> Deadline:
    day, steps = target, list(first)
    while not calendar.is_workday(day):
        steps.append(_step(day, _("rest day, the deadline moves on"), calendar))
        day += timedelta(days=1)
    if day != target:
        steps.append(_step(day, _("next working day: due"), calendar))
    return Deadline(day, tuple(steps), _warnings(start, day, calendar))


def _step(day: date, what: str, calendar: WorkCalendar | None = None) -> str:
    note = f"（{calendar.note(day)}）" if calendar else ""
    return f"{day.year}年{day.month}月{day.day}日{note}：{what}"


def _warnings(start: date, end: date, calendar: WorkCalendar) -> tuple[str, ...]:
    missing = [year for year in range(start.year, end.year + 1) if year not in calendar.years]
    return tuple(
        _("The State Council's notice for %(year)s is not entered yet: counted with weekends only.") % {"year": year}
        for year in missing
    )
