"""`seed_scale`: a fictional district of any size, for measurements only."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from congress.kernel.workflow import Refused
from delegates.services import scale


class Command(BaseCommand):
    help = "Make a fictional district as many times the demonstration, in an empty database, for measurements."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--times", type=int, default=100)
        parser.add_argument("--force", action="store_true", help="also beside a district that is already there")

    def handle(self, *args: Any, times: int, force: bool, **options: Any) -> None:
        try:
            made = scale.seed(times, force=force)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        if not connection.in_atomic_block:
            with connection.cursor() as cursor:  # the planner's figures, and the pages that index-only scans may trust
                cursor.execute("SET statement_timeout = 0")
                cursor.execute("VACUUM ANALYZE")
        self.stdout.write(" ".join(f"{name}={count}" for name, count in made.items()))
