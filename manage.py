#!/usr/bin/env python
"""The door for operators: starts the embedded servers where a command needs them, and hands over to Django."""

import atexit
import os
import signal
import sys
from pathlib import Path

# These work on files only: they must run on a machine where nothing is set up yet.
WITHOUT_SERVERS = {
    "help",
    "version",
    "check",
    "makemessages",
    "compilemessages",
    "check_messages",
    "write_docs",
    "collectstatic",
    "run",
}
# These change tables, grants or everything, which the application's own role may not.
AS_OWNER = {
    "prepare",
    "run",
    "migrate",
    "makemigrations",
    "sqlmigrate",
    "sqlflush",
    "flush",
    "restore",
    "pgtrigger",
    "seed_scale",
    "dbshell",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "congress.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command in AS_OWNER:
        os.environ.setdefault("DATABASE_ROLE", "owner")
    if command not in WITHOUT_SERVERS and not {"--help", "--version"} & set(sys.argv):
        start_servers()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


def start_servers() -> None:
    """The embedded servers run until this command ends, however it ends."""
    from congress import embedded

    atexit.register(embedded.release)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        embedded.ensure()
    except embedded.Trouble as trouble:
        sys.exit(f"{Path(sys.argv[0]).name}: {trouble}")


if __name__ == "__main__":
    main()
