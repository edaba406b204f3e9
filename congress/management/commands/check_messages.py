"""`check_messages`: is every string a person sees in the Chinese catalogue, and none doubtful?"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

SOURCES = ["congress", "delegates", "proposals", "annualmeeting", "liaison", "templates", "locale", "manage.py"]


class Command(BaseCommand):
    help = "Fail if the zh_Hans catalogue misses a string of the code, or holds a fuzzy one."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        with tempfile.TemporaryDirectory() as place:
            work = Path(place) / "source"
            work.mkdir()
            for name in SOURCES:
                source = settings.BASE_DIR / name
                copy = shutil.copytree if source.is_dir() else shutil.copy
                copy(source, work / name)
            shutil.rmtree(work / "locale" / "parts", ignore_errors=True)
            environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
            command = [sys.executable, "-m", "django", "makemessages", "-l", "zh_Hans", "--no-obsolete"]
            subprocess.run(command, cwd=work, env=environment, check=True, capture_output=True)
            catalogue = work / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
            problems = [*self._entries(catalogue, "--untranslated"), *self._entries(catalogue, "--only-fuzzy")]
        if problems:
            raise CommandError("Missing or doubtful in locale/zh_Hans:\n" + "\n".join(problems))
        self.stdout.write("Every string is translated.")

    def _entries(self, catalogue: Path, which: str) -> list[str]:
        found = subprocess.run(
            ["msgattrib", which, "--no-wrap", str(catalogue)], check=True, capture_output=True, text=True
        )
        return [line for line in found.stdout.splitlines() if line.startswith("msgid ") and line != 'msgid ""']
