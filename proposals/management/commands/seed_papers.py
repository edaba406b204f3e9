"""`seed_papers`: fictional papers in any number, for measurements only."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from congress.kernel.workflow import Refused
from proposals.services import scale


class Command(BaseCommand):
    help = "Make so many fictional papers with their log, in a database that holds delegates and no papers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--count", type=int, default=1000)

    def handle(self, *args: Any, count: int, **options: Any) -> None:
        try:
            made = scale.seed(count)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        if not connection.in_atomic_block:
            with connection.cursor() as cursor:  # the planner's figures
                cursor.execute("SET statement_timeout = 0")
                cursor.execute("VACUUM ANALYZE")
        self.stdout.write(f"papers={made}")
