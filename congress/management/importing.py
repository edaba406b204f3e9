"""What every import from the console does: a file and an organisation, all of it or nothing."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from congress.kernel.importing import Importer
from congress.kernel.workflow import Refused
from congress.models import Organization
from congress.services import imports, organizations


class ImportCommand(BaseCommand):
    """Writes a workbook into the register and prints its report. Ends with 1 if anything in the file is wrong."""

    importer: Callable[[Organization], Importer]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--organization", metavar="CODE", required=True)
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")

    def made(self, organization: Organization, options: dict[str, Any]) -> Importer:
        """The importer for the branch."""
        return type(self).importer(organization)

    def handle(self, *args: Any, file: Path, organization: str, **options: Any) -> None:
        try:
            node = organizations.find(organization)
            result = imports.run_from_console(self.made(node, options), node, file, dry_run=options["dry_run"])
        except (Refused, OSError) as refusal:
            raise CommandError(str(refusal)) from refusal
        for line in result.lines:
            self.stdout.write(line)
        if not result.succeeded:
            raise SystemExit(1)
