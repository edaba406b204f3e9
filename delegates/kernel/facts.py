"""The facts of a roster, read from whatever a cell holds. Each reader returns a fact or raises `Unreadable`.

The words that stand in cells are Chinese, as the office types them; the sentences about them are translated.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.fields import mask
from congress.kernel.workbooks import Formula, Value
from delegates.kernel.names import DOT, split_notation
from delegates.models import ETHNICITIES, ElectionMethod, FrontLine, Gender, MainCategory

GENDERS: Final[Mapping[str, Gender]] = {"男": Gender.MALE, "女": Gender.FEMALE}
CATEGORIES: Final[Mapping[str, MainCategory]] = {
    "领导干部": MainCategory.LEADING_CADRE,
    "生产和工作一线": MainCategory.FRONT_LINE,
    "解放军和武警": MainCategory.MILITARY_POLICE,
}
FRONT_LINES: Final[Mapping[str, FrontLine]] = {
    "工人": FrontLine.WORKER,
    "农民": FrontLine.FARMER,
    "专业技术人员": FrontLine.PROFESSIONAL,
    "先进模范": FrontLine.MODEL,
}
METHODS: Final[Mapping[str, ElectionMethod]] = {
    "重新选举": ElectionMethod.RE_ELECTION,
    "精减名额": ElectionMethod.QUOTA_REDUCTION,
    "公推直选": ElectionMethod.OPEN_DIRECT,
    "差额选举": ElectionMethod.COMPETITIVE,
    "差额预选等额选举": ElectionMethod.PRE_THEN_EQUAL,
    "补选": ElectionMethod.BY_ELECTION,
    "原有办法": ElectionMethod.LEGACY,
}
SYNONYMS: Final = {
    "各级领导干部": "领导干部",
    "生产和工作第一线": "生产和工作一线",
    "解放军和武警部队": "解放军和武警",
    "专业技术": "专业技术人员",
    "专技人员": "专业技术人员",
    "精简名额": "精减名额",
    "两推一选": "公推直选",
    "差额预选和等额选举": "差额预选等额选举",
    "增补": "补选",
    "本科": "大学",
    "大学本科": "大学",
    "专科": "大专",
    "大学专科": "大专",
    "硕士": "研究生",
    "博士": "研究生",
    "硕士研究生": "研究生",
    "博士研究生": "研究生",
}
EDUCATIONS: Final = ("小学", "初中", "高中", "中专", "中技", "大专", "大学", "研究生")
PRINTED: Final[Mapping[str, str]] = {
    str(code): word for table in (GENDERS, CATEGORIES, FRONT_LINES, METHODS) for word, code in table.items()
}
"""How a stored code stands in a roster's cell: `female` as 女."""

FIRST_YEAR: Final = 1900
_EXCEL_ZERO: Final = date(1899, 12, 30)
_SERIALS: Final = range(10_000, 100_000)  # 1927 to 2173; six digits are a year and a month
_MONTH: Final = re.compile(r"^(\d{4})(?:[.\-/年](\d{1,2})月?|(\d{2})(?:\d{2})?)(?:[.\-/](\d{1,2})|(\d{1,2})日|份)?$")
_DAY: Final = re.compile(
    r"^(\d{4})(?:[.\-/年](\d{1,2})[.\-/月](\d{1,2})日?|(\d{2})(\d{2}))(?:\d{2}:\d{2}(?::\d{2}(?:\.0+)?)?)?$"
)
_HOURS: Final = re.compile(r"^(\d{1,2}(?:\.\d)?)(?:个?(?:学时|课时|小时))?$")
_SCORE: Final = re.compile(r"^(\d{1,3}(?:\.\d)?)分?$")
_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


AFTER_BIRTH = ("joined_party_month", "joined_work_month", "elected_on")
BEFORE_BIRTH = gettext_lazy("It lies before the month of birth.")


class Unreadable(ValueError):
    """The cell does not say the fact: what is wrong with it, and what to do."""

    def __init__(self, problem: str, advice: str) -> None:
        super().__init__(problem)
        self.problem, self.advice = problem, advice


def text(value: Value, longest: int) -> str:
    """One line of text. Line breaks become spaces; control and direction characters are refused."""
    words = " ".join(unicodedata.normalize("NFC", str(value)).split())
    hidden = [character for character in words if unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs"}]
    if hidden:
        raise Unreadable(
            _("It holds an invisible character (U+%(code)s).") % {"code": f"{ord(hidden[0]):04X}"},
            _("Delete the cell's content and type it again."),
        )
    if len(words) > longest:
        raise Unreadable(
            _("It has %(count)s characters; at most %(longest)s fit.") % {"count": len(words), "longest": longest},
            _("Shorten it."),
        )
    return words


def name(value: Value) -> tuple[str, Gender | None, str | None]:
    """The name, and what its notation （女，回族） says of gender and ethnic group."""
    bare, gender, ethnicity = split_notation(text(value, 60))
    if not 2 <= len(bare) <= 40 or not all(character.isalpha() or character == DOT for character in bare):
        raise Unreadable(
            _("“%(value)s” is not a name.") % {"value": str(value)[:60]},
            _("Type the full name alone; of remarks in brackets only gender and ethnic group are read."),
        )
    return bare, gender, ethnicity


def gender(value: Value) -> Gender:
    """男 or 女."""
    return GENDERS[_one_of(value, GENDERS)]


def category(value: Value) -> MainCategory:
    """The exclusive category of the structure report."""
    return CATEGORIES[_one_of(value, CATEGORIES)]


def front_line(value: Value) -> FrontLine:
    """The kind of front-line delegate."""
    return FRONT_LINES[_one_of(value, FRONT_LINES)]


def method(value: Value) -> ElectionMethod:
    """How the delegate was elected."""
    return METHODS[_one_of(value, METHODS)]


def ethnicity(value: Value) -> str:
    """汉 and 汉族 alike, as 汉族."""
    words = _compact(value)
    short = words.removesuffix("族")
    if short not in ETHNICITIES:
        raise Unreadable(
            _("“%(value)s” is none of the 56 ethnic groups.") % {"value": words[:20]},
            _("Type the full name, for instance 汉族 or 土家族."),
        )
    return f"{short}族"


def education(value: Value) -> str:
    """The level, or a longer wording that ends in one (省委党校研究生)."""
    words = text(_compact(value), 30)
    words = SYNONYMS.get(words, words)
    if not words.endswith(EDUCATIONS):
        raise Unreadable(
            _("“%(value)s” is no level of education.") % {"value": words},
            _("Type one of: %(words)s.") % {"words": "、".join(EDUCATIONS)},
        )
    return words


def month(value: Value, today: date) -> date:
    """The first day of the month: 1975.03, 1975年3月, 1975-3, 1975/03, 197503, a date, or a date's number in Excel."""
    first = _month_of(value)
    if first.year < FIRST_YEAR:
        raise Unreadable(
            _("“%(value)s” is too long ago.") % {"value": shown(value)}, _("Check the year; type it as 1975.03.")
        )
    if first > today:
        raise Unreadable(
            _("“%(value)s” lies in the future.") % {"value": shown(value)}, _("Check the year; type it as 1975.03.")
        )
    return first


def _month_of(value: Value) -> date:
    if isinstance(value, datetime):
        return value.date().replace(day=1)
    if isinstance(value, int) and value in _SERIALS:
        return (_EXCEL_ZERO + timedelta(days=value)).replace(day=1)
    if isinstance(value, float) and f"{value}".partition(".")[2] == "1":
        # Typed as a number, 1975.10 and 1975.1 are the same to Excel: nobody can tell October from January.
        raise Unreadable(
            _("“%(value)s” may be January or October: Excel has dropped the last zero.") % {"value": value},
            _("Format the cell as text and type the month with two digits, for instance 1975.10."),
        )
    match = _MONTH.match(_compact(value))
    try:
        year, number = (int(match[1]), int(match[2] or match[3])) if match else (0, 0)
        return date(year, number, int((match and (match[4] or match[5])) or 1)).replace(day=1)
    except ValueError:
        raise Unreadable(
            _("“%(value)s” is not a month.") % {"value": shown(value)},
            _("Type year and month as 1975.03; the month is 01 to 12."),
        ) from None


def day(value: Value, today: date) -> date:
    """A day that has come: 2026.08.02, 2026年8月2日, 2026-8-2, 2026/8/2, 20260802, a date, its number in Excel."""
    found = _day_of(value)
    if found.year < FIRST_YEAR:
        raise Unreadable(
            _("“%(value)s” is too long ago.") % {"value": shown(value)}, _("Check the year; type it as 2026.08.02.")
        )
    if found > today:
        raise Unreadable(
            _("“%(value)s” lies in the future.") % {"value": shown(value)},
            _("Check the date; who came is entered after the day."),
        )
    return found


def _day_of(value: Value) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and value in _SERIALS:
        return _EXCEL_ZERO + timedelta(days=value)
    match = _DAY.match(_compact(value))
    try:
        return date(*(int(part) for part in (match.groups() if match else "000") if part))
    except ValueError:
        raise Unreadable(
            _("“%(value)s” is not a date.") % {"value": shown(value)},
            _("Type year, month and day as 2026.08.02."),
        ) from None


def hours(value: Value) -> Decimal:
    """Hours of a training: more than 0 and at most 24, in tenths: 4, 4.5, 4学时."""
    match = _HOURS.match(_compact(value).removesuffix(".0"))
    found = Decimal(match[1]) if match else Decimal(0)
    if not 0 < found <= 24:
        raise Unreadable(
            _("“%(value)s” is no number of hours.") % {"value": shown(value)},
            _("Type a number above 0 and up to 24, for instance 4 or 4.5."),
        )
    return found


def score(value: Value) -> Decimal:
    """The mark of a test, 0 to 100."""
    match = _SCORE.match(_compact(value).removesuffix(".0"))
    if not match or Decimal(match[1]) > 100:
        raise Unreadable(
            _("“%(value)s” is no mark of a test.") % {"value": shown(value)}, _("Type a number from 0 to 100.")
        )
    return Decimal(match[1])


def before_birth(said: Mapping[str, Any]) -> list[str]:
    """Which of the days and months that must follow the month of birth do not."""
    born = said.get("birth_month")
    return [name for name in AFTER_BIRTH if born and said.get(name) and said[name] <= born]


def id_number(value: Value, born: date | None, gender: Gender | None) -> str:
    """The 18 digits, agreeing with the month of birth and gender that the row gives. Never names the number."""
    digits = _compact(value).upper().lstrip("'")
    if isinstance(value, int | float) and len(digits) > 15:
        raise Unreadable(
            _("The number is stored as a figure: Excel has replaced its last digits by zeros."),
            _("Format the column as text and type the ID number again."),
        )
    if not re.fullmatch(r"[1-9]\d{16}[\dX]", digits):
        raise Unreadable(
            _("An ID number has 17 digits and a last digit or X; this has %(count)s characters.")
            % {"count": len(digits)},
            _("Type the 18 characters of the ID card."),
        )
    if checksum(digits) != digits[17]:
        raise Unreadable(
            _("The last digit does not fit the other 17: a digit is mistyped."), _("Compare it with the ID card.")
        )
    _agree(digits, born, gender)
    return digits


def _agree(digits: str, born: date | None, gender: Gender | None) -> None:
    inside = f"{digits[6:10]}.{digits[10:12]}"
    try:
        date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        raise Unreadable(
            _("The date of birth inside the number does not exist."), _("Compare it with the ID card.")
        ) from None
    if born and inside != f"{born:%Y.%m}":
        raise Unreadable(
            _("The ID number says born in %(inside)s, the row says %(born)s.")
            % {"inside": inside, "born": f"{born:%Y.%m}"},
            _("Correct the ID number or the month of birth."),
        )
    if gender and (int(digits[16]) % 2 == 1) != (gender == Gender.MALE):
        raise Unreadable(
            _("The ID number is of the other gender than the row says."), _("Correct the ID number or the gender.")
        )


def checksum(digits: str) -> str:
    """The 18th character that belongs to the first 17 (GB 11643)."""
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, digits, strict=False))
    return "10X98765432"[total % 11]


def phone(value: Value) -> str:
    """The 11 digits of a mobile number, without spaces, hyphens or +86. Never names the number."""
    digits = re.sub(r"^(\+|00)?86(?=1\d{10}$)", "", re.sub(r"[-—()]", "", _compact(value)))
    if not re.fullmatch(r"1\d{10}", digits):
        raise Unreadable(
            _("A mobile number has 11 digits and begins with 1; this has %(count)s characters.")
            % {"count": len(digits)},
            _("Type one mobile number alone."),
        )
    return digits


def masked(value: str) -> str:
    """A personal number as lists and previews show it; too short to be one, it is shown as typed."""
    return mask(value, 4 if len(value) > 11 else 3, 4) if len(value) > 7 else value


def _one_of(value: Value, table: Mapping[str, object]) -> str:
    words = _compact(value)
    words = SYNONYMS.get(words, words)
    if words not in table:
        raise Unreadable(
            _("“%(value)s” is not known here.") % {"value": words[:40]},
            _("Type one of: %(words)s.") % {"words": "、".join(table)},
        )
    return words


def _compact(value: Value) -> str:
    """The cell without any white space, full-width digits and letters made plain."""
    return "".join(unicodedata.normalize("NFKC", str(value)).split())


def shown(value: Value) -> str:
    """The cell's value as a person sees it, cut to what a sentence can hold."""
    if isinstance(value, Formula):
        return value.text[:60]
    return f"{value:%Y-%m-%d}" if isinstance(value, datetime) else str(value)[:60]


def printed(fact: object) -> str:
    """A fact as it stands in a roster's cell."""
    if isinstance(fact, date):
        return f"{fact:%Y.%m}"
    return PRINTED.get(str(fact), str(fact))
