"""Opening what a stranger sent: every way a workbook can be hostile or broken ends in one sentence, soon."""

import io
import time
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from django.utils import translation
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from congress.kernel import workbook_reader
from congress.kernel.workbooks import Formula, WorkbookRefused, package_kind, read_workbook, write_table

MARCH = datetime(1975, 3, 1)  # noqa: DTZ001 -- a cell knows no time zone
SOON = 6  # seconds on a machine that is busy with other tests; alone each takes about one


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def simple():
    book = Workbook()
    book.active.append(["姓名", "性别"])
    book.active.append(["李四光", "男"])
    return saved(book)


def with_parts(content, *, replace=(), add=(), rename=lambda name: name):
    """The package with some parts exchanged, added or renamed."""
    exchanged = dict(replace)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(rename(info.filename), exchanged.get(info.filename, old.read(info)))
        for name, data in add:
            new.writestr(name, data)
    return out.getvalue()


def sheet_xml(rows):
    return f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'


def sheet(rows):
    return with_parts(simple(), replace=[("xl/worksheets/sheet1.xml", sheet_xml(rows))])


def ole(inside):
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + inside.encode("utf-16-le") + b"\0" * 512


def bomb():
    """200 MB of blanks in 200 KB."""
    out = io.BytesIO(with_parts(simple(), rename=lambda name: name.replace("sheet1.xml", "small.xml")))
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as package,
        package.open("xl/worksheets/sheet1.xml", "w") as part,
    ):
        for _mebibyte in range(200):
            part.write(b" " * 1024**2)
    return out.getvalue()


def laughs():
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>&a9;</t></is></c></row>'
    return with_parts(simple(), replace=[("xl/worksheets/sheet1.xml", f"<!DOCTYPE x [{entities}]>{sheet_xml(cell)}")])


def laughs_in_utf16():
    text = "<?xml version='1.0' encoding='UTF-16'?><!DOCTYPE x [<!ENTITY a 'ha'>]>" + sheet_xml("")
    return with_parts(simple(), replace=[("xl/worksheets/sheet1.xml", text.encode("utf-16"))])


def one_string_in_many_cells():
    """Small in the file, 500 MB once every cell holds its own copy."""
    row = "".join(f'<c r="{letter}%d" t="s"><v>0</v></c>' for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    rows = "".join(f'<row r="{n}">{row % ((n,) * 26)}</row>' for n in range(1, 10_000))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    strings = f'<sst xmlns="{main}" count="1" uniqueCount="1"><si><t>{"长" * 2000}</t></si></sst>'
    types = zipfile.ZipFile(io.BytesIO(simple())).read("[Content_Types].xml").decode()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    types = types.replace("</Types>", f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>')
    sheet = sheet_xml(rows).replace("<sheetData>", '<dimension ref="A1:Z9999"/><sheetData>', 1)
    return with_parts(
        simple(),
        replace=[("[Content_Types].xml", types), ("xl/worksheets/sheet1.xml", sheet)],
        add=[("xl/sharedStrings.xml", strings)],
    )


def encrypted_entry():
    content = bytearray(simple())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(signature)
        while place >= 0:
            content[place + flags] |= 1
            place = content.find(signature, place + 4)
    return bytes(content)


def too_many_parts():
    return with_parts(simple(), add=[(f"xl/media/{n}.txt", "x") for n in range(300)])


def a_directory_of_a_million():
    return simple()[:-12] + (60_000).to_bytes(2, "little") + (3_000_000).to_bytes(4, "little") + b"\0" * 6


HOSTILE = {
    "nothing": (lambda: b"", "The file is empty"),
    "a table saved as text": ("姓名,性别\n李四光,男\n".encode, "not an .xlsx workbook"),
    "a page called a workbook": (lambda: b"<html><table></table></html>", "not an .xlsx workbook"),
    "an old workbook": (lambda: ole("Workbook"), "old .xls workbook"),
    "a password": (lambda: ole("EncryptedPackage"), "protected by a password"),
    "a password on the package": (encrypted_entry, "protected by a password"),
    "half a file": (lambda: simple()[: len(simple()) // 2], "damaged or incomplete"),
    "a file without its end": (lambda: simple()[:-30], "damaged or incomplete"),
    "a broken part": (lambda: sheet("<row><c r='A1'"), "damaged or incomplete"),
    "a damaged part": (lambda: simple().replace(simple()[60:80], b"\xff" * 20, 1), "damaged or incomplete"),
    "a document": (lambda: with_parts(simple(), rename=lambda n: n.replace("xl/workbook.xml", "word/document.xml")),
                   "not an .xlsx workbook"),
    "an empty package": (lambda: b"PK\x05\x06" + b"\0" * 18, "not an .xlsx workbook"),
    "200 MB in 200 KB": (bomb, "Unpacked, the workbook is too large"),
    "a cell at the far corner": (lambda: sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
                                 "more than 60 columns"),
    "a billion laughs": (laughs, "XML that no spreadsheet program writes"),
    "laughs in UTF-16": (laughs_in_utf16, "XML that no spreadsheet program writes"),
    "macros": (lambda: with_parts(simple(), add=[("xl/vbaProject.bin", b"x")]), "holds macros"),
    "old macros": (lambda: with_parts(simple(), add=[("xl/macrosheets/sheet1.xml", b"x")]), "holds macros"),
    "links to elsewhere": (lambda: with_parts(simple(), add=[("xl/externalLinks/externalLink1.xml", b"x")]),
                           "refers to other workbooks"),
    "a path upwards": (lambda: with_parts(simple(), add=[("xl/../../etc/passwd", b"x")]), "forbidden names"),
    "a path from the root": (lambda: with_parts(simple(), add=[("/etc/passwd", b"x")]), "forbidden names"),
    "a part there twice": (lambda: with_parts(simple(), add=[("XL/workbook.xml", b"x")]), "damaged or incomplete"),
    "300 parts": (too_many_parts, "too many parts"),
    "a directory of a million": (a_directory_of_a_million, "too many parts"),
    "one string in 260,000 cells": (one_string_in_many_cells, "too large: at most 20,000 rows"),
    "a letter in a cell": (lambda: sheet(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"长" * 2001}</t></is></c></row>'),
                           "more than 2,000 characters"),
    "too many columns": (lambda: sheet('<row r="1">' + '<c><v>1</v></c>' * 61 + "</row>"), "more than 60 columns"),
    "too many rows": (lambda: sheet('<row><c t="n"><v>1</v></c></row>' * 20_001), "at most 20,000 rows"),
}  # fmt: skip


@pytest.mark.parametrize("fault", HOSTILE)
def test_a_hostile_or_broken_file_is_refused_soon_with_a_sentence(fault):
    make, sentence = HOSTILE[fault]
    content = make()
    began = time.monotonic()
    with pytest.raises(WorkbookRefused, match=sentence):
        read_workbook(content)
    assert time.monotonic() - began < SOON


def test_a_file_over_20_mb_is_refused_unopened():
    with pytest.raises(WorkbookRefused, match="larger than 20 MB"):
        read_workbook(b"PK\x03\x04" + b"\0" * 20 * 1024**2)


def test_a_reader_that_runs_out_of_memory_is_a_refusal(monkeypatch, tmp_path):
    small = tmp_path / "reader.py"
    source = Path(workbook_reader.__file__).read_text(encoding="utf-8")
    small.write_text(source.replace("MEMORY = 512 * 1024**2", "MEMORY = 40 * 1024**2"), encoding="utf-8")
    monkeypatch.setattr(workbook_reader, "__file__", str(small))
    with pytest.raises(WorkbookRefused, match="too large"):
        read_workbook(one_string_in_many_cells())


def test_values_come_out_plain_with_the_numbers_of_their_rows():
    book = Workbook()
    page = book.active
    page.title = "青江镇"
    page["A1"], page["B1"], page["C1"], page["D1"] = "李四光", 13812341234, 1975.03, MARCH
    page["A3"], page["B3"], page["C3"] = "=1+1", True, '=HYPERLINK("http://example.invalid","x")'
    page["A4"].font = Font(bold=True)
    (read,) = read_workbook(saved(book))
    assert read.title == "青江镇"
    assert [(row.number, row.values) for row in read.rows] == [
        (1, ("李四光", 13812341234, 1975.03, MARCH)),
        (3, (Formula("=1+1"), True, Formula('=HYPERLINK("http://example.invalid","x")'))),
    ]


def test_stray_formatting_far_below_the_table_does_not_matter():
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="0"/></row>'
    (read,) = read_workbook(sheet(cells))
    assert [row.number for row in read.rows] == [1]


def test_hidden_sheets_are_left_out():
    book = Workbook()
    book.active.append(["x"])
    book.create_sheet("选项").sheet_state = "hidden"
    assert [read.title for read in read_workbook(saved(book))] == ["Sheet"]


def test_the_kind_of_a_package_is_what_is_inside():
    assert package_kind(simple()) == "xlsx"
    word = with_parts(simple(), rename=lambda name: name.replace("xl/workbook.xml", "word/document.xml"))
    assert package_kind(word) == "docx"
    with pytest.raises(WorkbookRefused):
        package_kind(b"GIF89a")


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t=", "\r=", "\x00=", "＝", '=HYPERLINK("x")', "|", "%0A=", "'="]
)
def test_no_text_written_out_becomes_a_formula(start):
    written = load_workbook(io.BytesIO(write_table("表", ["列"], [[f"{start}1+1"]], [10])))
    cell = written.active["A2"]
    assert cell.data_type == "s"
    assert cell.value.lstrip("\t\r\n") == f"{start}1+1".replace("\x00", "").lstrip("\t\r\n")
    assert cell.quotePrefix or cell.value[0] not in "=+-@\t\r"
