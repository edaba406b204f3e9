"""`recount_deadlines`: what is owed, counted again by the rules and the calendar of today: old → new, then --apply."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from congress.services.reminders import recount


class Command(BaseCommand):
    help = "Count the open due days again after a rule or the calendar changed. Shows old → new; writes with --apply."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--apply", action="store_true", help="write the new days")
        parser.add_argument("--kind", default="", help="only due times of this kind")

    def handle(self, *args: Any, **options: Any) -> None:
        moved = recount(options["kind"], apply=options["apply"])
        for row, deadline in moved:
            self.stdout.write(f"{row.due_on:%Y-%m-%d} → {deadline.due_on:%Y-%m-%d}  {row.title}")
        self.stdout.write(f"{'moved' if options['apply'] else 'would_move'}={len(moved)}")
