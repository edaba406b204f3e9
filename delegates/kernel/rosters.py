"""How a roster is laid out on a sheet: title, notes, header, rows, total. Pure reading, no register."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext as _

from congress.kernel.workbooks import Formula, Row, SheetRead, Value
from congress.numerals import from_chinese


@dataclass(frozen=True)
class Column:
    """A column a roster may have: its key, its header, what else the header is called."""

    key: str
    label: str
    synonyms: tuple[str, ...] = ()
    required: bool = False


# fmt: off
COLUMNS: Final = (
    Column("", "序号", ("编号",)),
    Column("name", "姓名", ("代表姓名",), required=True),
    Column("gender", "性别", required=True),
    Column("ethnicity", "民族", required=True),
    Column("birth_month", "出生年月", ("出生日期", "出生时间"), required=True),
    Column("joined_party_month", "入党时间", ("入党年月", "入党日期")),
    Column("joined_work_month", "参加工作时间", ("参加工作年月", "工作时间")),
    Column("education", "学历", ("文化程度",)),
    Column("post", "工作单位及职务", ("单位职务", "单位及职务", "工作单位和职务"), required=True),
    Column("main_category", "代表类别", ("类别",), required=True),
    Column("front_line", "一线类别", ("一线分类",)),
    Column("electing_unit", "选举单位", ("所在支部",), required=True),
    Column("delegation", "代表团", ("所在代表团",)),
    Column("group", "代表小组", ("所在小组", "小组")),
    Column("method", "产生方式", ("当选方式",), required=True),
    Column("phone", "联系电话", ("手机号码", "手机号", "手机", "电话")),
    Column("id_number", "身份证号", ("公民身份号码", "身份证号码")),
    Column("note", "备注", ("说明",)),
    Column("former_name", "曾用名"),
    Column("native_place", "籍贯"),
    Column("degree", "学位"),
    Column("school", "毕业院校及专业", ("毕业院校",)),
    Column("professional_title", "专业技术职务", ("职称",)),
    Column("rank", "职级"),
    Column("certificate_number", "代表证号", ("代表证编号",)),
    Column("address", "地址", ("住址", "家庭住址")),
)
# fmt: on
LABELS: Final = {column.key: column.label for column in COLUMNS if column.key}
_BY_HEADER: Final = {word: column for column in COLUMNS for word in (column.label, *column.synonyms)}

_TITLE: Final = re.compile(
    r"^(?:中国共产党|中共)?(?P<place>.*?)第(?P<number>[一二三四五六七八九十百零\d]+)(?P<naming>[届次])"
    r"(?:党代表大会|党员代表大会|代表大会|党代会)"
)
_TOTAL: Final = re.compile(r"^(合计|总计|共计|小计)[:：]?(\d+)?[人名]?$")
_FIGURE: Final = re.compile(r"^(\d+)[人名]?$")
_REMARK: Final = re.compile(r"^[（(*※注]|^(填报|填表|制表|审核|说明|备注|单位负责人|联系人|报送|日期)[^:：]{0,8}[:：]")
_BRACKETED: Final = re.compile(r"[（(].*?[）)]")
_SEARCHED: Final = 15  # a header stands in the first rows or nowhere


@dataclass(frozen=True)
class Title:
    """青江镇第十五届党代表大会代表花名册: which organisation, which term."""

    row: int
    text: str
    place: str
    number: int
    standing: bool


@dataclass(frozen=True)
class Fault:
    """Something wrong with the sheet itself, in words fit to show."""

    row: int
    column: str
    value: str
    problem: str
    advice: str


@dataclass
class Table:
    """A sheet, taken apart. `cells` of a row are found by column key."""

    sheet: str
    title: Title | None = None
    rows: list[tuple[int, dict[str, Value]]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def take_apart(sheet: SheetRead) -> Table | None:
    """The roster on the sheet, with its faults; nothing if the sheet is empty."""
    if not sheet.rows:
        return None
    table = Table(sheet.title)
    header = next((row for row in sheet.rows[:_SEARCHED] if _is_header(row)), None)
    if header is None:
        table.faults.append(
            Fault(
                sheet.rows[0].number, "表头", "",
                _("The sheet has no header row with 姓名, 性别, 民族 and the other columns."),
                _("Add the header row, or delete the sheet if it is no roster."),
            )
        )  # fmt: skip
        return table
    above = [row for row in sheet.rows if row.number < header.number]
    table.title = next(filter(None, map(_title, above)), None)
    places = _places(header, table)
    below = [row for row in sheet.rows if row.number > header.number]
    _fill(table, below, places)
    return table


def _is_header(row: Row) -> bool:
    known = [_BY_HEADER[word].key for word in _headers(row) if word in _BY_HEADER]
    return "name" in known and len(known) >= 3


def _headers(row: Row) -> Iterator[str]:
    for value in row.values:
        words = "".join(str(value).split()).strip("*＊") if isinstance(value, str) else ""
        yield words if words in _BY_HEADER else _BRACKETED.sub("", words)


def _title(row: Row) -> Title | None:
    for value in row.values:
        text = "".join(str(value).split()) if isinstance(value, str) else ""
        if match := _TITLE.match(text):
            try:
                number = from_chinese(match["number"])
            except ValueError:
                continue
            return Title(row.number, text, match["place"], number, match["naming"] == "届")
    return None


def _places(header: Row, table: Table) -> dict[int, str]:
    """Where each known column stands; what is unknown, missing or there twice is said."""
    places: dict[int, str] = {}
    for place, words in enumerate(_headers(header)):
        column = _BY_HEADER.get(words)
        if column is None:
            table.unknown += [words] if words else []
        elif column.key in places.values():
            table.faults.append(
                Fault(header.number, column.label, words, _("The column is there twice."), _("Delete one of the two."))
            )
        elif column.key:
            places[place] = column.key
    missing = [column.label for column in COLUMNS if column.required and column.key not in places.values()]
    if missing:
        table.faults.append(
            Fault(
                header.number, "表头", "",
                _("Columns are missing: %(columns)s.") % {"columns": "、".join(missing)},
                _("Add these columns to the header row."),
            )
        )  # fmt: skip
    return places


def _fill(table: Table, rows: Sequence[Row], places: dict[int, str]) -> None:
    for row in rows:
        first = next((value for value in row.values if value not in (None, "")), None)
        words = "".join(str(first).split()) if isinstance(first, str) else ""
        if match := _TOTAL.match(words):
            _check_total(table, row, match)
        elif not _REMARK.match(words):
            cells = {key: row.values[place] for place, key in places.items() if place < len(row.values)}
            if any(not is_blank(value) for value in cells.values()):
                table.rows.append((row.number, cells))


def _check_total(table: Table, row: Row, match: re.Match[str]) -> None:
    if match[1] == "小计" or any(isinstance(value, Formula) for value in row.values):
        return  # a subtotal says nothing about the sheet; 合计 =COUNTA(…) counts itself
    figures = [found[1] for value in row.values if (found := _FIGURE.match(str(value)))]
    said = int(match[2] or next(iter(figures), -1))
    if said in {-1, len(table.rows)}:
        return
    table.faults.append(
        Fault(
            row.number, match[1], str(said),
            _("The total says %(said)s, but there are %(found)s rows above it.")
            % {"said": said, "found": len(table.rows)},
            _("Look for a missing or doubled row, or correct the total."),
        )
    )  # fmt: skip


def is_blank(value: Value) -> bool:
    """Nothing, or white space only."""
    return value is None or (isinstance(value, str) and not value.strip())
