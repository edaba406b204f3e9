"""From a page to a PDF: the fonts there are, and the one way to the printing press."""

import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from xml.sax.saxutils import escape

from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils.translation import gettext as _
from pypdf import PdfWriter

from congress.kernel import wording

PRESS = Path(__file__).with_name("press.py")
STYLESHEET = "paper:print.css"
# The hand that ends a layout which no longer answers; its own limits are of processor time (press.SECONDS).
WALL_SECONDS = 240
# 200 pages a process keep it under its memory. 2,000 a document: ten thousand delegates are some 600 pages of
# roster; whoever asks for more than two boxes of paper has asked for the wrong thing.
PAGES_A_PART, PAGES = 200, 2000
# Only these files are offered to the layout, so that the same document looks the same on every machine: what the
# office put into REPORT_FONT_DIR, and of the system's fonts the complete Chinese ones.
SYSTEM_FONT_DIRS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/opt/homebrew/share/fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
)
SYSTEM_FONTS = ("NotoSerifCJK", "NotoSansCJK", "NotoSerifSC", "NotoSansSC", "Songti", "STHeiti")
SUFFIXES = {".otf", ".ttf", ".ttc", ".otc"}


class PaperRefused(Exception):
    """The document cannot be printed. The message is fit to show."""


class Unprintable(PaperRefused):
    """One character has no glyph in any of the fonts."""

    def __init__(self, char: str) -> None:
        super().__init__(
            _("No installed font has the character “%(char)s” (U+%(code)s) of this document.")
            % {"char": char, "code": f"{ord(char):04X}"}
        )
        self.char = char


def stylesheet() -> str:
    """The text of static/css/print.css."""
    return Path(str(finders.find("css/print.css"))).read_text(encoding="utf-8")


def edition() -> str:
    """Changes whenever the same page would come out of the press differently."""
    digest = sha256(stylesheet().encode() + PRESS.read_bytes())
    for path in fonts():
        digest.update(f"{path} {path.stat().st_size}".encode())
    return f"{version('weasyprint')} {digest.hexdigest()}"


@cache
def fonts() -> tuple[Path, ...]:
    """The font files documents are set in; looked for once in a process."""
    own = _font_files(settings.REPORT_FONT_DIR)
    system = [path for place in SYSTEM_FONT_DIRS for path in _font_files(place) if path.name.startswith(SYSTEM_FONTS)]
    return tuple(sorted({*own, *system}))


def _font_files(place: str) -> list[Path]:
    return [path for path in Path(place).rglob("*") if path.suffix.lower() in SUFFIXES] if place else []


def render_pdf(html: str | Sequence[str], progress: Callable[[int], None] = lambda percent: None) -> bytes:
    """The document as PDF, in one go or, given several pages, part by part with the page numbers counted on.

    Every part is laid out by a process of its own (`press.py`) that fetches nothing and has limits of memory,
    time and pages. `progress` hears a percentage. Raises `PaperRefused` with a sentence.
    """
    parts = [html] if isinstance(html, str) else list(html)
    book = PdfWriter()
    with tempfile.TemporaryDirectory(prefix="press-") as place:
        for number, part in enumerate(parts):
            out = Path(place) / "part.pdf"
            _press(part, out, len(book.pages), _Share(progress, number, len(parts), part.count("<tr")))
            if len(parts) == 1:
                return out.read_bytes()
            if number:
                book.append(io.BytesIO(out.read_bytes()))
            else:
                # A clone keeps what makes the file an archive one: metadata and output intent.
                book = PdfWriter(clone_from=io.BytesIO(out.read_bytes()))
            if len(book.pages) > PAGES:
                raise PaperRefused(_too_many(PAGES))
    whole = io.BytesIO()
    book.write(whole)
    return whole.getvalue()


class _Share:
    """Turns “page n of this part” into a percentage of the whole document; pages are guessed from the rows."""

    def __init__(self, progress: Callable[[int], None], number: int, parts: int, rows: int) -> None:
        self.progress, self.start, self.width = progress, 100 * number / parts, 100 / parts
        self.pages = max(rows / 18, 1)

    def __call__(self, line: str) -> None:
        verb, _space, page = line.partition(" ")
        done = 0.1 + 0.6 * min(int(page) / self.pages, 1) if verb == "page" else 0.75
        self.progress(min(int(self.start + self.width * done), 99))


def _press(html: str, out: Path, pages_before: int, heard: Callable[[str], None]) -> None:
    order = {
        "html": wording.PICTURES.sub("", html),  # an emoji in one subject must not stop the whole ledger
        "stylesheets": {STYLESHEET: stylesheet()},
        "pages_before": pages_before,
        "pages_allowed": PAGES_A_PART,
        "out": str(out),
    }
    command = [sys.executable, "-I", str(PRESS)]
    environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "HOME": str(out.parent)} | _font_configuration(out.parent)
    complaint = out.with_name("complaint.txt")
    with (
        complaint.open("w") as stderr,
        subprocess.Popen(  # noqa: S603 -- our own interpreter and file
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, text=True, env=environment
        ) as press,
    ):
        watchdog = threading.Timer(WALL_SECONDS, press.kill)
        watchdog.start()
        last = ""
        try:
            assert press.stdin
            assert press.stdout
            press.stdin.write(json.dumps(order))
            press.stdin.close()
            for line in press.stdout:
                last = line.strip()
                if last.startswith(("page ", "write")):
                    heard(last)
        except BrokenPipeError:
            pass  # it died while reading: its return code says of what
        finally:
            watchdog.cancel()
    if press.returncode == 1:  # not the document's fault: a library is missing, or the press is broken
        raise RuntimeError(complaint.read_text(encoding="utf-8", errors="replace")[-500:])
    if press.returncode:
        raise _refusal(press.returncode, last)


def _font_configuration(place: Path) -> dict[str, str]:
    """Shows the layout our fonts and no others; its cache dies with the temporary directory unless it has a place."""
    files = "".join(f"<dir>{escape(str(folder))}</dir>" for folder in sorted({path.parent for path in fonts()}))
    cache_place = settings.VAR / "fontcache"
    config = place / "fonts.conf"
    config.write_text(
        f'<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>{files}'
        f"<cachedir>/var/cache/fontconfig</cachedir><cachedir>{escape(str(cache_place))}</cachedir></fontconfig>",
        encoding="utf-8",
    )
    return {"FONTCONFIG_FILE": str(config)}


def _too_many(pages: int) -> str:
    return _("The document grows beyond %(pages)d pages. Choose a smaller organisation or a single congress.") % {
        "pages": pages
    }


def _refusal(returncode: int, last: str) -> PaperRefused:
    if last.startswith("spoiled glyph"):
        return Unprintable(chr(int(last.rpartition(" ")[2], 16)))
    if last == "spoiled pages":
        return PaperRefused(_too_many(PAGES_A_PART))
    if returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return PaperRefused(
            _("The layout took too long and was stopped. Choose a smaller organisation or a single congress.")
        )
    return PaperRefused(
        _("The layout needed more memory than it may have. Choose a smaller organisation or a single congress.")
    )
