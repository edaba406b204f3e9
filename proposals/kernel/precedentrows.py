"""How a list of earlier papers (人大建议、政协提案) is laid out, and what each of its rows says. Pure reading."""

import re
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from congress.kernel.workbooks import Value
from delegates.kernel import facts
from delegates.kernel.facts import Unreadable
from delegates.kernel.lists import Layout
from delegates.kernel.rosters import Column
from proposals.models import PrecedentSource

# fmt: off
COLUMNS: Final = (
    Column("", "序号", ()),
    Column("source", "来源", ("类型",), required=True),
    Column("year", "年度", ("年份", "年"), required=True),
    Column("number", "编号", ("建议编号", "提案编号", "案号"), required=True),
    Column("title", "案由", ("标题", "题目", "建议名称", "提案名称"), required=True),
    Column("text", "内容", ("正文", "主要内容", "建议内容", "提案内容")),
    Column("unit", "承办单位", ("主办单位",)),
    Column("letter", "答复类别", ("答复类型", "办理类别")),
    Column("result", "办理结果", ("办理情况",)),
)
# fmt: on
LABELS: Final = {column.key: column.label for column in COLUMNS if column.key}
SOURCES: Final = {
    "人大": PrecedentSource.NPC, "人大建议": PrecedentSource.NPC, "人大代表建议": PrecedentSource.NPC,
    "政协": PrecedentSource.CPPCC, "政协提案": PrecedentSource.CPPCC,
    "党代会": PrecedentSource.PARTY, "党代会提案": PrecedentSource.PARTY, "党代表提案": PrecedentSource.PARTY,
}  # fmt: skip
FIRST_YEAR: Final = 1950
LONGEST_TEXT: Final = 10_000


def layout(today: date) -> Layout:
    """A list of earlier papers as it is read on that day."""
    return Layout(
        COLUMNS,
        key="title",
        readers={
            "source": _source,
            "year": lambda value: _year(value, today),
            "number": _number,
            "title": lambda value: facts.text(value, 120),
            "text": lambda value: facts.text(value, LONGEST_TEXT),
            "unit": lambda value: facts.text(value, 60),
            "letter": _letter,
            "result": lambda value: facts.text(value, 120),
        },
    )


def answer(said: dict[str, str]) -> str:
    """What came of it, as it is kept and shown beside a new paper that resembles it: in the office's words."""
    unit = f"承办单位：{said['unit']}" if "unit" in said else ""
    letter = f"{said['letter']}类答复" if "letter" in said else ""
    return "；".join(filter(None, (unit, letter, said.get("result", "").rstrip("。"))))


def _source(value: Value) -> PrecedentSource:
    word = facts.text(value, 20)
    if word not in SOURCES:
        raise Unreadable(
            _("“%(word)s” is no source of earlier papers.") % {"word": word}, _("Write 人大, 政协 or 党代会.")
        )
    return SOURCES[word]


def _year(value: Value, today: date) -> int:
    words = facts.text(value, 20).removesuffix(".0").removesuffix("年度").removesuffix("年")
    if not (words.isascii() and words.isdecimal() and FIRST_YEAR <= int(words) <= today.year):
        told = {"first": FIRST_YEAR, "last": today.year}
        raise Unreadable(
            _("This is no year from %(first)s to %(last)s.") % told, _("Write the year alone, such as 2025.")
        )
    return int(words)


def _number(value: Value) -> str:
    """As it was given; a bare number is written out: 23 is 第23号."""
    words = facts.text(value, 40).removesuffix(".0")
    bare = re.fullmatch(r"第?0*(\d{1,6})号?", words)
    if bare and not int(bare[1]):
        raise Unreadable(_("This is no number of a paper."), _("Write 15 or 第015号."))
    return f"第{bare[1]}号" if bare else words


def _letter(value: Value) -> str:
    word = facts.text(value, 10).upper().removesuffix("类")
    if word not in {"A", "B", "C", "D"}:
        raise Unreadable(_("The class of a reply is A, B, C or D."), _("Write the letter alone, or leave it empty."))
    return word
