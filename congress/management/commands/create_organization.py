"""One node of the tree of organisations, made from the console."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from congress.kernel.workflow import Refused
from congress.models import OrganizationKind
from congress.services import organizations


class Command(BaseCommand):
    help = "Make one node of the tree; done again, it changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code")
        parser.add_argument("name")
        parser.add_argument("--kind", required=True, choices=OrganizationKind.values)
        parser.add_argument("--parent", metavar="CODE", default="")

    def handle(self, *args: Any, code: str, name: str, kind: str, parent: str, **options: Any) -> None:
        try:
            organization, fresh = organizations.ensure(code, name, kind, parent)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        answer = _("Created: %(name)s (%(code)s)") if fresh else _("There already: %(name)s (%(code)s)")
        self.stdout.write(answer % {"name": organization.name, "code": organization.code})
