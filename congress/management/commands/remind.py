"""`remind`: one pass of the deadline and supervision ladder, the same that the timetable calls."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware
from django.utils.translation import gettext as _

from congress.services import reminders


class Command(BaseCommand):
    help = "Remind of what is due, overdue or to be told to the office above."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--now", metavar="TIME", help="as if it were then: 2026-11-22T09:00+08:00")
        parser.add_argument("--dry-run", action="store_true", help="say how many would be sent, send nothing")

    def handle(self, *args: Any, now: str | None, dry_run: bool, **options: Any) -> None:
        passed = reminders.run(_moment(now) if now else None, dry_run=dry_run)
        self.stdout.write(f"sent={passed.sent} escalated={passed.escalated}")


def _moment(text: str) -> datetime:
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError(_("“%(text)s” is no time: write 2026-11-22T09:00+08:00.") % {"text": text})
    return make_aware(moment) if is_naive(moment) else moment
