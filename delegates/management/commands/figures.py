"""The dashboard's figures as one JSON object."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from congress.kernel.workflow import Refused
from congress.services import organizations
from delegates.services.figures import everything


class Command(BaseCommand):
    help = "Print the dashboard's figures as one JSON object."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", metavar="CODE")
        parser.add_argument("--congress", metavar="CODE", help="for instance 51079001-15")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            organization = organizations.find(options["organization"]) if options["organization"] else None
            congress = organizations.find_congress(options["congress"]) if options["congress"] else None
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(json.dumps(everything(None, organization, congress), ensure_ascii=False, indent=1))
