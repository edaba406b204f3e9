"""Reporting periods as offices name them: 2026, 2026H1, 2026Q3, 2026-11."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext as _

from congress.kernel.deadlines import add_months

_SHAPE: Final = re.compile(r"^(\d{4})(?:(H)([12])|(Q)([1-4])|-(\d{2}))?$")
_ORDINALS: Final = "一二三四"


class UnknownPeriod(ValueError):
    """It is no period; the message says how one is written."""


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both within, and what it is called in print."""

    first: date
    last: date
    words: str
    name: str


def parse(text: str) -> Period:
    """The period of that name. Raises `UnknownPeriod`."""
    found = _SHAPE.match(text.strip().upper())
    if not found or not 1949 <= int(found[1]) <= 2100:
        raise UnknownPeriod(_("“%(text)s” is no period: write 2026, 2026H1, 2026Q3 or 2026-11.") % {"text": text})
    year = int(found[1])
    if found[2]:
        half = int(found[3])
        return _span(date(year, 6 * half - 5, 1), 6, f"{year}年{'上' if half == 1 else '下'}半年", found[0])
    if found[4]:
        quarter = int(found[5])
        return _span(date(year, 3 * quarter - 2, 1), 3, f"{year}年第{_ORDINALS[quarter - 1]}季度", found[0])
    if found[6]:
        month = int(found[6])
        if not 1 <= month <= 12:
            raise UnknownPeriod(_("“%(text)s” is no period: write 2026, 2026H1, 2026Q3 or 2026-11.") % {"text": text})
        return _span(date(year, month, 1), 1, f"{year}年{month}月", found[0])
    return _span(date(year, 1, 1), 12, f"{year}年", found[0])


def _span(first: date, months: int, words: str, name: str) -> Period:
    return Period(first, add_months(first, months) - timedelta(days=1), words, name)
