"""Print one report at the console: `manage.py report p01-roster --organization 510790 --out roster.pdf`."""

import hashlib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from congress.kernel.reports import FORMATS, ReportRefused, registry, report_class
from congress.services import printing


class Command(BaseCommand):
    help = "Prints a report to a file, or lists the reports there are."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", nargs="?", help="key of the report, such as p01-roster")
        parser.add_argument("--list", action="store_true", help="key, title and parameters of every report")
        parser.add_argument("--out", type=Path, metavar="FILE", help="where the file goes")
        parser.add_argument("--format", choices=FORMATS, help="by default what the name of FILE ends in, else pdf")
        parser.add_argument("--organization", metavar="CODE")
        parser.add_argument("--congress", metavar="CODE", help="such as 51079001-15")
        parser.add_argument("--session", metavar="N")
        parser.add_argument("--period", metavar="P", help="such as 2026Q3")
        parser.add_argument("--param", action="append", default=[], metavar="K=V", help="any other parameter")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            self._list()
            return
        if not options["key"] or not options["out"]:
            raise CommandError(_("Say which report and where to: report KEY --out FILE, or report --list."))
        try:
            self._print(options)
        except ReportRefused as refused:
            raise CommandError(str(refused)) from refused
        except OSError as failure:
            raise CommandError(
                _("The file cannot be written: %(reason)s.") % {"reason": failure.strerror or failure}
            ) from failure

    def _list(self) -> None:
        for key, report in registry().items():
            self.stdout.write(f"{key}\t{report.title}\t{' '.join(report.form_class.base_fields)}")

    def _print(self, options: dict[str, Any]) -> None:
        out: Path = options["out"]
        suffix = out.suffix.lstrip(".").lower()
        file_format = options["format"] or (suffix if suffix in FORMATS else "pdf")
        report = report_class(options["key"])(None, self._params(options))
        content = report.render(file_format)
        sha256 = hashlib.sha256(content).hexdigest()
        printing.record(report, by="console", file_format=file_format, sha256=sha256)
        out.write_bytes(content)
        self.stdout.write(f"{report.heading} rows={report.count} bytes={len(content)} sha256={sha256}")

    def _params(self, options: dict[str, Any]) -> dict[str, str]:
        params = {name: options[name] for name in ("organization", "congress", "session", "period") if options[name]}
        for pair in options["param"]:
            name, equals, value = pair.partition("=")
            if not equals:
                raise CommandError(_("“%(pair)s” is no parameter: write --param name=value.") % {"pair": pair})
            params[name] = value
        return params
