"""One row of a roster, read into facts, with everything that is wrong with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from congress.kernel.workbooks import Formula, Value
from delegates.kernel import facts
from delegates.kernel.facts import Unreadable
from delegates.kernel.rosters import LABELS, is_blank
from delegates.models import Gender

REQUIRED: Final = (
    "name",
    "gender",
    "ethnicity",
    "birth_month",
    "post",
    "main_category",
    "electing_unit",
    "method",
)
PERSONAL: Final = ("phone", "id_number", "address")
AWAY: Final = "外出务工"
_LENGTHS: Final = {
    "post": 120,
    "electing_unit": 80,
    "delegation": 80,
    "group": 80,
    "note": 200,
    "former_name": 40,
    "native_place": 60,
    "degree": 30,
    "school": 120,
    "professional_title": 60,
    "rank": 40,
    "certificate_number": 30,
    "address": 120,
}
_READERS: Final[Mapping[str, Callable[[Value], Any]]] = {
    "gender": facts.gender,
    "ethnicity": facts.ethnicity,
    "education": facts.education,
    "main_category": facts.category,
    "front_line": facts.front_line,
    "method": facts.method,
    "phone": facts.phone,
}
_MONTHS: Final = ("birth_month", "joined_party_month", "joined_work_month")


@dataclass(frozen=True)
class Problem:
    """A cell that cannot be taken as it is. `value` is fit to show."""

    column: str
    value: str
    problem: str
    advice: str


@dataclass
class Reading:
    """What the row says. A fact that is blank, or cannot be read, is not in it."""

    facts: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def object_to(self, key: str, value: Value, problem: str, advice: str) -> None:
        shown = facts.shown(value)
        shown = facts.masked(shown) if key in PERSONAL else shown
        self.problems.append(Problem(LABELS[key], shown, problem, advice))


def read_row(cells: Mapping[str, Value], today: date) -> Reading:
    """The facts of one row; each cell that cannot be read is a problem with its own sentence."""
    reading = Reading()
    given = {key: value for key, value in cells.items() if not is_blank(value)}
    for key, value in given.items():
        if key == "id_number":
            continue  # judged last, against birth and gender
        try:
            _read(reading, key, value, today)
        except Unreadable as fault:
            reading.object_to(key, value, fault.problem, fault.advice)
    _settle_notation(reading, given)
    _read_id_number(reading, given)
    _require(reading, given)
    _check_order(reading, given)
    if AWAY in reading.facts.get("note", ""):
        reading.facts["migrant"] = True
    return reading


def _read(reading: Reading, key: str, value: Value, today: date) -> None:
    if isinstance(value, Formula):
        raise Unreadable(
            _("The cell holds a formula or an error, not a value."),
            _("Copy the cell and paste it in place as a value (“paste values only”)."),
        )
    if key == "name":
        name, reading.facts["noted_gender"], reading.facts["noted_ethnicity"] = facts.name(value)
        reading.facts["name"] = name
    elif key in _MONTHS:
        reading.facts[key] = facts.month(value, today)
    elif key in _READERS:
        reading.facts[key] = _READERS[key](value)
    else:
        reading.facts[key] = facts.text(value, _LENGTHS[key])


def _settle_notation(reading: Reading, given: Mapping[str, Value]) -> None:
    """马　丽（女，回族）: what the brackets say fills a blank column, and must not contradict a filled one."""
    for key in ("gender", "ethnicity"):
        noted = reading.facts.pop(f"noted_{key}", None)
        if noted is None:
            continue
        if key not in given:
            reading.facts[key] = noted
        elif key in reading.facts and reading.facts[key] != noted:
            reading.object_to(
                "name",
                given["name"],
                _("The brackets say %(noted)s, the column %(column)s says %(said)s.")
                % {
                    "noted": facts.printed(noted),
                    "column": LABELS[key],
                    "said": facts.printed(reading.facts[key]),
                },
                _("Correct the one that is wrong."),
            )


def _read_id_number(reading: Reading, given: Mapping[str, Value]) -> None:
    if "id_number" not in given:
        return
    value, gender = given["id_number"], reading.facts.get("gender")
    try:
        if isinstance(value, Formula):
            _read(reading, "id_number", value, date.min)
        reading.facts["id_number"] = facts.id_number(
            value, reading.facts.get("birth_month"), Gender(gender) if gender else None
        )
    except Unreadable as fault:
        reading.object_to("id_number", value, fault.problem, fault.advice)


def _require(reading: Reading, given: Mapping[str, Value]) -> None:
    for key in REQUIRED:
        if key not in given and key not in reading.facts:
            reading.problems.append(
                Problem(
                    LABELS[key],
                    "",
                    _("%(column)s is empty.") % {"column": LABELS[key]},
                    _("Fill it in; in merged cells only the first counts."),
                )
            )


def _check_order(reading: Reading, given: Mapping[str, Value]) -> None:
    for key in facts.before_birth(reading.facts):
        reading.object_to(key, given[key], str(facts.BEFORE_BIRTH), _("Correct one of the two months."))
