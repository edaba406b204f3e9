"""How a training sign-in list is laid out on a sheet, and what each of its rows says. Pure reading, no register."""

from datetime import date
from typing import Final

from delegates.kernel import facts
from delegates.kernel.lists import Layout
from delegates.kernel.rosters import Column

# fmt: off
COLUMNS: Final = (
    Column("", "序号", ("编号",)),
    Column("course", "培训班", ("培训班名称", "培训名称", "培训内容", "课程", "课程名称"), required=True),
    Column("day", "日期", ("培训日期", "培训时间", "时间"), required=True),
    Column("hours", "课时", ("学时", "培训学时", "培训课时"), required=True),
    Column("name", "代表姓名", ("姓名", "参训代表"), required=True),
    Column("id_number", "身份证号", ("公民身份号码", "身份证号码")),
    Column("town", "乡镇", ("单位", "所属乡镇", "所在乡镇")),
    Column("score", "成绩", ("考试成绩", "测试成绩")),
)
# fmt: on
LABELS: Final = {column.key: column.label for column in COLUMNS if column.key}


def layout(today: date) -> Layout:
    """A sign-in list as it is read on that day: nobody came to a training of tomorrow."""
    return Layout(
        COLUMNS,
        key="name",
        secret=("id_number",),
        readers={
            "course": lambda value: facts.text(value, 120),
            "day": lambda value: facts.day(value, today),
            "hours": facts.hours,
            "name": lambda value: facts.name(value)[0],
            "id_number": lambda value: facts.id_number(value, None, None),
            "town": lambda value: facts.text(value, 100),
            "score": facts.score,
        },
    )
