"""`seed_demo`: the demonstration district; run again, it changes nothing."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from delegates.services import demo


class Command(BaseCommand):
    help = "Make the demonstration district and its accounts (var/demo-accounts.tsv)."

    def handle(self, *args: Any, **options: Any) -> None:
        accounts = demo.seed(settings.BASE_DIR / "tests" / "data" / "roster.xlsx", settings.VAR / "demo-accounts.tsv")
        self.stdout.write(f"accounts={len(accounts)}")
