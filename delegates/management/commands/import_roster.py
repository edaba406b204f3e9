"""A roster workbook, written into the register from the console: all of it or nothing."""

from argparse import ArgumentParser
from typing import Any

from congress.management.importing import ImportCommand
from congress.models import Organization
from delegates.services.roster import RosterImport


class Command(ImportCommand):
    help = "Import a roster workbook: a sheet a township, all or nothing."
    importer = RosterImport

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--create", action="store_true", help="make missing townships, congresses, electing units and groups"
        )

    def made(self, organization: Organization, options: dict[str, Any]) -> RosterImport:
        return RosterImport(organization, create_missing=options["create"])
