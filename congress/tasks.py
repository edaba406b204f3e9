"""Doors for time: what the worker and the timetable call."""

import time

from django.core.cache import cache

from congress.celery import app
from congress.doors.middleware import HEARTBEAT
from congress.kernel import jobs
from congress.services import nightly as nightly_service
from congress.services import reminders


@app.task
def work() -> None:
    """Do what is owed, and say that a worker lives."""
    cache.set(HEARTBEAT, time.time(), 300)
    jobs.run_due()


def ring() -> None:
    """Wake a worker now. Fails after two seconds if the broker is silent; the caller does not mind."""
    work.apply_async(retry=False)


@app.task
def nightly() -> None:
    """What is swept and checked once a night."""
    nightly_service.run()


@app.task
def remind() -> None:
    """Speak of what is due, overdue or to be told to the office above."""
    reminders.run()
