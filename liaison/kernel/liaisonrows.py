"""How the two lists of the liaison workbook are laid out, and what each of their rows says. Pure reading."""

import re
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from congress.kernel.workbooks import SheetRead, Value
from delegates.kernel import facts
from delegates.kernel.facts import Unreadable
from delegates.kernel.lists import Layout, ListRead
from delegates.kernel.rosters import Column, Fault
from liaison.models import ContactKind, Target

# fmt: off
MEMBER_COLUMNS: Final = (
    Column("number", "序号", ("编号",)),
    Column("town", "乡镇", ("单位", "所属乡镇", "所在乡镇"), required=True),
    Column("name", "姓名", ("委员姓名", "党委委员"), required=True),
    Column("", "性别", ()),
    Column("post", "职务", ("党内职务", "单位及职务"), required=True),
    Column("duties", "分工", ("工作分工", "分管工作")),
    Column("groups", "联系代表小组", ("联系小组", "联系党代表小组")),
    Column("delegates", "联系代表", ("联系党代表", "直接联系代表")),
)
CONTACT_COLUMNS: Final = (
    Column("", "序号", ("编号",)),
    Column("delegate", "代表姓名", ("姓名", "党代表", "联系代表"), required=True),
    Column("id_number", "身份证号", ("公民身份号码", "身份证号码")),
    Column("group", "所在小组", ("代表小组", "小组")),
    Column("name", "联系对象", ("对象姓名", "联系对象姓名"), required=True),
    Column("kind", "对象类别", ("类别", "对象类型"), required=True),
    Column("situation", "对象情况", ("情况", "对象特点")),
    Column("phone", "电话", ("联系电话", "手机", "手机号码", "对象电话")),
)
# fmt: on
MEMBER_LABELS: Final = {column.key: column.label for column in MEMBER_COLUMNS if column.key}
CONTACT_LABELS: Final = {column.key: column.label for column in CONTACT_COLUMNS if column.key}

KINDS: Final = {
    "普通党员": ContactKind.PARTY_MEMBER, "党员": ContactKind.PARTY_MEMBER,
    "群众": ContactKind.MASS, "普通群众": ContactKind.MASS,
}  # fmt: skip
KIND_WORDS: Final = {ContactKind.PARTY_MEMBER: "普通党员", ContactKind.MASS: "群众"}
TARGETS: Final = {
    "种养大户": Target.GROWER, "老党员": Target.VETERAN, "烈军属": Target.HONOURED, "特困户": Target.POOR,
    "困难党员": Target.MEMBER_IN_NEED, "流动党员": Target.MIGRANT, "致富带头人": Target.LEADER,
    "业务骨干": Target.EXPERT,
}  # fmt: skip
TARGET_WORDS: Final = {code: word for word, code in TARGETS.items()}
_SEPARATOR: Final = re.compile(r"[、,，;；\n]+")
_NAMESAKE: Final = re.compile(r"^(?P<name>[^（(]+)[（(](?P<group>[^）)]+)[）)]$")


@dataclass(frozen=True)
class Named:
    """A delegate as a cell names him: 王勇, or 王勇（安塘村代表小组） where the town has two."""

    name: str
    group: str = ""


@dataclass(frozen=True)
class Situation:
    """What a contact's household is: the kinds we know, and the rest in other words."""

    targets: tuple[str, ...]
    other: str


def situation_words(targets: list[str], other: str) -> str:
    """The situation as it is written in a cell and printed."""
    return "、".join([*(TARGET_WORDS.get(Target(code), code) for code in targets), *([other] if other else [])])


def take_apart(sheet: SheetRead) -> tuple[ListRead | None, ListRead | None]:
    """The sheet as a list of members, or as one of contacts; a sheet that is neither says so as the first."""
    members = MEMBERS.take_apart(sheet)
    if members is None:
        return None, None
    if members.lines or not _headless(members):
        return members, None
    contacts = CONTACTS.take_apart(sheet)
    if contacts and (contacts.lines or not _headless(contacts)):
        return None, contacts
    fault = Fault(
        sheet.rows[0].number, "表头", "",
        _("The sheet is neither the list of committee members (乡镇、姓名、职务) nor the list of contacts "
          "(代表姓名、联系对象、对象类别)."),
        _("Add the header row, or delete the sheet if it is another list."),
    )  # fmt: skip
    return ListRead(sheet.title, faults=[fault]), None


def _headless(found: ListRead) -> bool:
    return not found.lines and [fault.column for fault in found.faults] == ["表头"] and not found.unknown


def _number(value: Value) -> int:
    digits = re.fullmatch(r"0*(\d{1,4})(?:\.0)?", facts.text(value, 20))
    if not digits:
        raise Unreadable(_("This is no number of a row."), _("Write 1, 2, 3…, or leave it empty."))
    return int(digits[1])


def _names(value: Value) -> list[str]:
    words = (word.strip() for word in _SEPARATOR.split(facts.text(value, 1000)))
    return list(dict.fromkeys(word for word in words if word))


def _named(word: str) -> Named:
    found = _NAMESAKE.match(word)
    return Named(found["name"].strip(), found["group"].strip()) if found else Named(word)


def _kind(value: Value) -> ContactKind:
    word = facts.text(value, 20)
    if word not in KINDS:
        raise Unreadable(_("There is no such kind of contact."), _("Write 普通党员 or 群众."))
    return KINDS[word]


def _situation(value: Value) -> Situation:
    words = _names(value)
    other = "、".join(word for word in words if word not in TARGETS)
    if len(other) > 40:
        raise Unreadable(
            _("It has %(count)s characters; at most %(longest)s fit.") % {"count": len(other), "longest": 40},
            _("Shorten it."),
        )
    return Situation(tuple(str(TARGETS[word]) for word in words if word in TARGETS), other)


MEMBERS: Final = Layout(
    MEMBER_COLUMNS,
    key="town",
    readers={
        "number": _number,
        "town": lambda value: facts.text(value, 100),
        "name": lambda value: facts.name(value)[0],
        "post": lambda value: facts.text(value, 120),
        "duties": lambda value: facts.text(value, 200),
        "groups": _names,
        "delegates": lambda value: [_named(word) for word in _names(value)],
    },
)
CONTACTS: Final = Layout(
    CONTACT_COLUMNS,
    key="name",
    secret=("id_number", "phone"),
    readers={
        "delegate": lambda value: facts.name(value)[0],
        "id_number": lambda value: facts.id_number(value, None, None),
        "group": lambda value: facts.text(value, 80),
        "name": lambda value: facts.name(value)[0],
        "kind": _kind,
        "situation": _situation,
        "phone": facts.phone,
    },
)
