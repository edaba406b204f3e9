"""A list of earlier papers, written into the register from the console: all of it or nothing."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from congress.kernel.workflow import Refused
from congress.services import imports, organizations
from proposals.services.precedent_import import PrecedentImport


class Command(BaseCommand):
    help = "Import titles of 人大建议, 政协提案 and earlier years for the similar-paper check, all or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--organization", metavar="CODE", required=True)
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")

    def handle(self, *args: Any, file: Path, organization: str, **options: Any) -> None:
        try:
            node = organizations.find(organization)
            importer = PrecedentImport(node)
            result = imports.run_from_console(importer, node, file, dry_run=options["dry_run"])
        except (Refused, OSError) as refusal:
            raise CommandError(str(refusal)) from refusal
        for line in result.lines:
            self.stdout.write(line)
        if not result.succeeded:
            raise SystemExit(1)
