"""A roster of 10,000 rows against openpyxl's own reading: `python benchmarks/bench_import.py`.

Prints seconds for reading alone, for validating and writing, and for finding everything unchanged, and the ratio of
the second to the first (limit: 10). Works in a test database of its own.
"""

# ruff: noqa: E402 -- the services must answer before Django reads its settings
import io
import os
import random
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "congress.settings_test"

from tests import services

services.start()

import django

django.setup()

from django.test.utils import setup_databases, teardown_databases
from openpyxl import Workbook, load_workbook

from congress.kernel.workbooks import read_workbook
from congress.models import Organization
from congress.services import imports, organizations
from delegates.kernel.facts import checksum
from delegates.services.roster import RosterImport

ROWS, TOWNS = 10_000, 20
LIMIT = 10
HEADER = [
    "序号", "姓名", "性别", "民族", "出生年月", "入党时间", "学历", "工作单位及职务", "代表类别", "一线类别",
    "选举单位", "代表小组", "产生方式", "联系电话", "身份证号",
]  # fmt: skip
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "伟芳娜秀英敏静丽强磊军洋勇艳杰涛明超霞平刚桂兰"
NUMBERS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"


def workbook() -> bytes:
    """Fictional delegates, the same every time."""
    dice = random.Random(1)  # noqa: S311 -- a fixture, not a secret
    book = Workbook(write_only=True)
    for town in (f"{number}山镇" for number in NUMBERS[:TOWNS]):
        sheet = book.create_sheet(town)
        sheet.append([f"{town}第十五届党代表大会代表花名册"])
        sheet.append(HEADER)
        for row in rows(dice, town):
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows(dice: random.Random, town: str) -> Iterator[list[object]]:
    for number in range(ROWS // TOWNS):
        born = date(1950, 1, 1) + timedelta(days=dice.randrange(16_000))
        serial = 1000 * NUMBERS.index(town[0]) + number
        digits = f"5107{serial % 90 + 10}{born:%Y%m%d}{serial // 90:03d}"
        name = dice.choice(SURNAMES) + dice.choice(GIVEN) + dice.choice(["", *GIVEN])
        gender = "男" if int(digits[-1]) % 2 else "女"
        village = f"第{number // 8 + 1}村"
        yield [
            number + 1, name, gender, "汉族", f"{born:%Y.%m}", f"{max(born.year + 20, 1980)}.07", "大专",
            f"{village}村民", "生产和工作一线", "农民", f"{village}党支部", f"{village}代表小组", "重新选举",
            13_000_000_000 + serial, digits + checksum(digits),
        ]  # fmt: skip


def read_only(content: bytes) -> int:
    book = load_workbook(io.BytesIO(content), read_only=True)
    return sum(1 for sheet in book for _row in sheet.iter_rows(values_only=True))


def whole_import(content: bytes, district: Organization) -> dict[str, int]:
    importer = RosterImport(district, create_missing=True)
    importer.plan(read_workbook(content))  # what the preview shows …
    return dict(imports.write(importer, district, read_workbook(content)).counts)  # … and what is written after it


def timed(work: object, *args: object) -> tuple[float, object]:
    began = time.monotonic()
    result = work(*args)  # type: ignore[operator]
    return time.monotonic() - began, result


def main() -> None:
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        district = organizations.create("510790", "明川区", Organization.Kind.DISTRICT)
        content = workbook()
        floor, _rows = timed(read_only, content)
        first, written = timed(whole_import, content, district)
        second, found = timed(whole_import, content, district)
        assert written["created"] == ROWS == found["unchanged"], (written, found)
        print(
            f"import of {ROWS} rows: openpyxl {floor:.1f} s, check and write {first:.1f} s, again {second:.1f} s, "
            f"ratio {first / floor:.1f} (limit {LIMIT})"
        )
    finally:
        teardown_databases(databases, verbosity=0)


if __name__ == "__main__":
    main()
