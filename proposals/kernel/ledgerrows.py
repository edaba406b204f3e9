"""How a ledger of papers (提案提议台账) is laid out on a sheet, and what each of its rows says. Pure reading."""

import re
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from congress.kernel.workbooks import Value
from delegates.kernel import facts
from delegates.kernel.facts import Unreadable
from delegates.kernel.lists import Layout
from delegates.kernel.rosters import Column
from proposals.models import ProposalKind

# fmt: off
COLUMNS: Final = (
    Column("", "序号", ()),
    Column("number", "编号", ("提案编号", "案号"), required=True),
    Column("kind", "类型", ("种类", "文种"), required=True),
    Column("title", "案由", ("标题", "题目", "提案名称"), required=True),
    Column("category", "类别", ("分类",)),
    Column("name", "领衔代表", ("领衔人", "第一提案人", "提案人", "代表姓名"), required=True),
    Column("id_number", "身份证号", ("公民身份号码", "身份证号码")),
    Column("co_signers", "联名代表", ("附议人", "联名人")),
    Column("grounds", "情况和原因", ("情况与原因", "案据", "理由")),
    Column("measures", "办法和建议", ("办法与建议", "方案", "建议")),
    Column("day", "提交日期", ("日期", "提交时间"), required=True),
    Column("in_session", "是否会议期间", ("会议期间",)),
)
# fmt: on
LABELS: Final = {column.key: column.label for column in COLUMNS if column.key}
_KINDS: Final = {
    "提案": ProposalKind.PROPOSAL, "议案": ProposalKind.PROPOSAL, "提议": ProposalKind.MOTION,
    "建议": ProposalKind.ADVICE, "意见": ProposalKind.ADVICE, "建议意见": ProposalKind.ADVICE,
    "金点子": ProposalKind.GOLDEN_IDEA,
}  # fmt: skip
_ITEM: Final = re.compile(r"(?:^|[；;\n])\s*(?:[一二三四五六七八九十]+、|[（(]?\d+[)）.．、])?")


def layout(today: date) -> Layout:
    """A ledger as it is read on that day."""
    return Layout(
        COLUMNS,
        key="title",
        secret=("id_number",),
        readers={
            "number": _number,
            "kind": _kind,
            "title": lambda value: facts.text(value, 80),
            "category": lambda value: facts.text(value, 40),
            "name": lambda value: facts.name(value)[0],
            "id_number": lambda value: facts.id_number(value, None, None),
            "co_signers": _names,
            "grounds": lambda value: facts.text(value, 4000),
            "measures": lambda value: measures(facts.text(value, 4000)),
            "day": lambda value: facts.day(value, today),
            "in_session": _yes,
        },
    )


def measures(text: str) -> list[str]:
    """“一、……；二、……。” as single measures, at most twenty."""
    parts = [part.strip(" 　。；;") for part in _ITEM.split(text)]
    return [part[:500] for part in parts if part][:20]


def _number(value: Value) -> int:
    digits = re.fullmatch(r"第?0*(\d{1,6})号?", facts.text(value, 20))
    if not digits or not int(digits[1]):
        raise Unreadable(_("This is no number of a paper."), _("Write 15 or 第015号."))
    return int(digits[1])


def _kind(value: Value) -> ProposalKind:
    word = facts.text(value, 20)
    if word not in _KINDS:
        raise Unreadable(
            _("There is no such kind of paper."), _("Write one of %(kinds)s.") % {"kinds": "、".join(_KINDS)}
        )
    return _KINDS[word]


def _names(value: Value) -> list[str]:
    words = re.split(r"[、,，;；\s]+", facts.text(value, 2000))
    return list(dict.fromkeys(word for word in words if word))


def _yes(value: Value) -> bool:
    word = facts.text(value, 10)
    if word not in {"是", "否", "√", "×"}:
        raise Unreadable(_("Write 是 or 否."), _("是 if it was handed in while the session met."))
    return word in {"是", "√"}
