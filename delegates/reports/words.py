"""How official papers write months, days and ages."""

from datetime import date

NO_DELEGATION = "未编入代表团"


def month(day: date | None) -> str:
    """1975.03, as tables write months; empty where nothing is known."""
    return f"{day:%Y.%m}" if day else ""


def long_month(day: date) -> str:
    """2026年6月."""
    return f"{day.year}年{day.month}月"


def long_day(day: date) -> str:
    """2026年6月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


def short_day(day: date | None) -> str:
    """2026.06.01, as tables write days; empty where nothing is known."""
    return f"{day:%Y.%m.%d}" if day else ""


def age(birth: date, cutoff: date) -> int:
    """Full years at the cut-off month; both are months, stored as their first day."""
    return cutoff.year - birth.year - (cutoff.month < birth.month)
