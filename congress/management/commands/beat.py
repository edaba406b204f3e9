"""`beat`: keeps the timetable. Any number may run, on any number of machines: one works, the others stand by."""

import signal
import sys
import time

from celery.beat import Service
from django.core.management.base import BaseCommand
from django.db import Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from congress import embedded
from congress.celery import app

LOCK = 20_261_122_02
PAUSE = 5.0  # seconds until a stand-by asks again, and until a holder makes sure that it still is one


class Command(BaseCommand):
    """Holds a lock of the database's session while it works: it dies with the process, or with its connection."""

    help = "Keep the timetable; start as many as you like, one works at a time"
    requires_system_checks = ()  # they load every page, and a start should be quick

    def handle(self, *args: object, **options: object) -> None:
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
        said = False
        while True:
            alive()
            line = connections.create_connection("default")
            try:
                if holds(line):
                    self.say(_("This beat keeps the timetable."))
                    said = False
                    keep_time(line)
                elif not said:
                    self.say(_("Another beat keeps the timetable: standing by."))
                    said = True
            except Error as error:  # the database went away: whoever finds it again first goes on
                self.say(_("The database does not answer: %(error)s") % {"error": " ".join(str(error).split())})
                said = False
            finally:
                line.close()
            time.sleep(PAUSE)

    def say(self, words: str) -> None:
        """Shown at once, also in a log file."""
        self.stdout.write(words)
        self.stdout.flush()


def alive() -> None:
    """Leaves the time for whoever watches this process: the file is never older than a few seconds."""
    (embedded.directory("run") / "beat.alive").touch()


def holds(line: BaseDatabaseWrapper) -> bool:
    """Did this connection get the lock?"""
    with line.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        return cursor.fetchone()[0]


def keep_time(line: BaseDatabaseWrapper) -> None:
    """Sends what is due, for as long as the connection that holds the lock answers."""
    # A slot that fell due while no beat ran is made up for, once: the file remembers the last runs.
    service = Service(app, schedule_filename=str(embedded.directory("run") / "beat-schedule"))
    try:
        while True:
            with line.cursor() as cursor:
                cursor.execute("SELECT 1")
            alive()
            time.sleep(min(max(service.scheduler.tick(), 0.0), PAUSE))
    finally:
        service.sync()
