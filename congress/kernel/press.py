"""The printing press: one document in, one PDF out, in a process of its own that can be stopped and starved.

Run as a file, without Django: it starts fast, knows no secret and holds no database connection. The order comes
as JSON on standard input (`html`, `stylesheets`, `pages_before`, `pages_allowed`, `out`), the PDF goes to the file
`out`, and standard output says a line per finished page. What it may not do, it says in one line before it ends.
"""

import gc
import json
import logging
import resource
import sys
from pathlib import Path
from typing import Any

from weasyprint import CSS, HTML
from weasyprint.urls import URLFetcher, URLFetcherResponse

MEMORY = 1536 * 1024 * 1024  # bytes of address space; a part of 1,000 roster rows takes about 400 MB
SECONDS = (60, 90)  # of processor time: the softer asks to stop, the harder ends the process


class LockedFetcher(URLFetcher):
    """Opens nothing but pictures inside the document and the stylesheets it was handed, by name."""

    def __init__(self, stylesheets: dict[str, str]) -> None:
        super().__init__(timeout=3, allowed_protocols=("data",), allow_redirects=False)
        self.stylesheets = stylesheets

    def fetch(self, url: str, headers: Any = None) -> Any:
        if url in self.stylesheets:
            return URLFetcherResponse(url, self.stylesheets[url], {"Content-Type": "text/css"})
        if not url.lower().startswith("data:image/"):
            raise ValueError("blocked")
        return super().fetch(url, headers)


class Spoiled(BaseException):
    """The document is not to be made; not an Exception, so that no layer in between may swallow it."""


class Watch(logging.Handler):
    """Hears WeasyPrint count its pages; passes that on, and stops a document that does not end."""

    def __init__(self, allowed: int) -> None:
        super().__init__()
        self.allowed, self.pages = allowed, 0

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg.startswith("Step 5 - Creating layout - Page %d") and record.args:
            self.pages = int(record.args[0])
            say(f"page {self.pages}")
            if self.pages > self.allowed:
                raise Spoiled("pages")
        elif record.msg.startswith("Step 6"):
            say("write")


class Misprint(logging.Handler):
    """A character without a glyph must not pass as an empty box."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg.startswith(".notdef") and record.args:
            raise Spoiled(f"glyph {ord(record.args[0]):X}")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Print the order on standard input. 0 when the PDF is there; else the last line says why not."""
    resource.setrlimit(resource.RLIMIT_CPU, SECONDS)
    if sys.platform == "linux":  # elsewhere the limit is refused or means nothing
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    order = json.load(sys.stdin)
    progress = logging.getLogger("weasyprint.progress")
    progress.setLevel(logging.INFO)
    progress.addHandler(Watch(order["pages_allowed"]))
    logging.getLogger("weasyprint").addHandler(Misprint())
    gc.disable()  # a table's boxes are full of cycles; the process ends soon enough
    try:
        Path(order["out"]).write_bytes(_print(order))
    except Spoiled as spoiled:
        say(f"spoiled {spoiled}")
        return 3
    except MemoryError:
        say("spoiled memory")
        return 3
    return 0


def _print(order: dict[str, Any]) -> bytes:
    fetcher = LockedFetcher(order["stylesheets"])
    before = order["pages_before"]
    # The parts of one document count their pages on, and know a right-hand page from a left-hand one.
    side = "left" if before % 2 else "right"
    counting = f"@page :first {{ counter-reset: page {before + 1} }} html {{ break-before: {side} }}"
    onwards = CSS(string=counting, url_fetcher=fetcher)
    html = HTML(string=order["html"], url_fetcher=fetcher)
    return html.write_pdf(stylesheets=[onwards], pdf_variant="pdf/a-3u")


if __name__ == "__main__":
    sys.exit(main())
