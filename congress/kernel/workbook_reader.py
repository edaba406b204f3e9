"""Opens an uploaded package under limits. Run as a program in a process of its own: standard library and openpyxl only.

As a program it reads a workbook from standard input and writes JSON lines: `{"sheet", "hidden"}`, then
`[row number, [values]]` for each row that is not blank; in place of the next line `{"refused": code, …}` if it will
not go on. Nothing of the project is imported, so it starts fast and knows no secret.
"""

import json
import resource
import sys
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any

MEMORY = 512 * 1024**2
SECONDS = 30
ENTRIES, DIRECTORY_BYTES = 200, 256 * 1024
EXPANDED, RATIO, RATIO_FROM = 50 * 1024**2, 100, 1024**2
ROWS, COLUMNS = 20_000, 60
CELL_CHARACTERS, ALL_CHARACTERS = 2_000, 20_000_000
MACROS = ("vbaproject", "xl/macrosheets/", "xl/activex/")
LINKS = ("xl/externallinks/",)
MAIN_PARTS = {"xl/workbook.xml": "xlsx", "word/document.xml": "docx"}


class Unfit(Exception):
    """Why the package is not opened: a code, and what the sentence about it needs to know."""

    def __init__(self, code: str, **said: Any) -> None:
        super().__init__(code)
        self.code, self.said = code, said


def kind_of(content: bytes) -> str:
    """ "xlsx" or "docx", after a look into every part under limits. Raises `Unfit`."""
    if not content:
        raise Unfit("empty")
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise Unfit("encrypted" if "EncryptedPackage".encode("utf-16-le") in content else "old")
    if not content.startswith(b"PK\x03\x04"):
        raise Unfit("other")
    _check_directory(content)
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            _check_names(package)
            _check_parts(package, len(content))
            kinds = [MAIN_PARTS[name] for name in package.namelist() if name in MAIN_PARTS]
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, ValueError, EOFError) as broken:
        raise Unfit("damaged") from broken
    if len(kinds) != 1:
        raise Unfit("other")
    return kinds[0]


def _check_directory(content: bytes) -> None:
    """Look at the end record before `zipfile` does: it would read a directory of any size."""
    place = content.rfind(b"PK\x05\x06", max(0, len(content) - 65_557))
    record = content[place : place + 22]
    if place < 0 or len(record) < 22:
        raise Unfit("damaged")
    entries, size = int.from_bytes(record[10:12], "little"), int.from_bytes(record[12:16], "little")
    if entries > ENTRIES or size > DIRECTORY_BYTES:
        raise Unfit("parts")


def _check_names(package: zipfile.ZipFile) -> None:
    names = [info.filename.lower() for info in package.infolist()]
    if len(names) > ENTRIES:
        raise Unfit("parts")
    if len(set(names)) < len(names):
        raise Unfit("damaged")
    if any(".." in name.split("/") or name.startswith("/") or "\\" in name or ":" in name for name in names):
        raise Unfit("paths")
    if any(info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for info in package.infolist()):
        raise Unfit("damaged")
    if any(info.flag_bits & 0x1 for info in package.infolist()):
        raise Unfit("encrypted")
    if any(part in name for name in names for part in MACROS):
        raise Unfit("macros")
    if any(name.startswith(LINKS) for name in names):
        raise Unfit("links")


def _check_parts(package: zipfile.ZipFile, packed: int) -> None:
    """Read every part with a cap, whatever size it claims; refuse document types, with which entities begin."""
    total = 0
    for info in package.infolist():
        before = b""
        with package.open(info) as part:
            while chunk := part.read(64 * 1024):
                total += len(chunk)
                if total > EXPANDED or (total > RATIO_FROM and total > RATIO * packed):
                    raise Unfit("expands")
                text = (before + chunk).replace(b"\0", b"")  # UTF-16 reads like ASCII without its zeros
                if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                    raise Unfit("entities")
                before = chunk[-32:]


def read(content: bytes) -> Iterator[Any]:
    """The lines of the answer. Raises `Unfit`."""
    if kind_of(content) != "xlsx":
        raise Unfit("other")
    from openpyxl import load_workbook  # slow, and of no use to those who only ask for the kind

    characters = 0
    book = load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
    for sheet in book.worksheets:
        yield {"sheet": sheet.title, "hidden": sheet.sheet_state != "visible"}
        sheet.reset_dimensions()  # what the file claims about its size is not believed
        filled = 0
        for number, row in enumerate(sheet.iter_rows(), 1):
            # Of the million rows above a stray cell openpyxl makes empty ones: pass them by.
            values = _values(row, sheet.title, number) if row else []
            if not values:
                continue
            filled += 1
            characters += sum(len(value) for value in values if isinstance(value, str))
            if filled > ROWS or characters > ALL_CHARACTERS:
                raise Unfit("rows", sheet=sheet.title)
            yield [number, values]


def _values(row: Any, title: str, number: int) -> list[Any]:
    values = [_value(cell) for cell in row]
    while values and values[-1] in (None, ""):
        values.pop()
    if len(values) > COLUMNS:
        raise Unfit("columns", sheet=title, row=number)
    if any(isinstance(value, str) and len(value) > CELL_CHARACTERS for value in values):
        raise Unfit("cell", sheet=title, row=number)
    return values


def _value(cell: Any) -> Any:
    value = cell.value
    if value is None or isinstance(value, bool):
        return value
    if cell.data_type in {"f", "e"}:
        return {"formula": str(getattr(value, "text", value))[:200]}
    if isinstance(value, datetime):
        return {"day": value.isoformat()}
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int | float | str) else str(value)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        for line in read(sys.stdin.buffer.read()):
            sys.stdout.write(json.dumps(line, allow_nan=False) + "\n")
    except Unfit as unfit:
        answer = {"refused": unfit.code, **unfit.said}
    except MemoryError:
        answer = {"refused": "expands"}
    except Exception as failure:  # noqa: BLE001 -- whatever a hostile file does to the parser, the answer is one sentence
        answer = {"refused": "entities" if "Entities" in type(failure).__name__ else "damaged"}
    else:
        answer = {"end": True}
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
