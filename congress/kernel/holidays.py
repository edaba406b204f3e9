"""Statutory holidays and make-up days, from the library that carries the State Council's notices."""

from datetime import date, timedelta
from typing import Any

import chinese_calendar

SOURCE = "国务院办公厅节假日安排通知"
_OCCASIONS = {
    "New Year's Day": "元旦", "Spring Festival": "春节", "Tomb-sweeping Day": "清明节", "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节", "National Day": "国庆节", "Mid-autumn Festival": "中秋节",
}  # fmt: skip


def days_of(year: int) -> list[dict[str, Any]]:
    """The year's days that differ from their weekday, as `CalendarDay` values. A holiday on a weekend is named too.

    Raises NotImplementedError for a year whose notice the library does not hold.
    """
    rows, day = [], date(year, 1, 1)
    while day.year == year:
        _holiday, occasion = chinese_calendar.get_holiday_detail(day)
        is_workday = chinese_calendar.is_workday(day)
        if is_workday != (day.weekday() < 5) or (occasion and not is_workday):
            name = _OCCASIONS[str(occasion)]
            rows.append({"day": day, "is_workday": is_workday, "note": f"{name}调休上班" if is_workday else name})
        day += timedelta(days=1)
    return rows
