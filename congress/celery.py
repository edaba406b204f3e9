"""The worker's settings and the timetable. The queue is a doorbell: what is owed stands in PostgreSQL."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "congress.settings")

from django.conf import settings

TIMETABLE = {
    # A bell may be lost (Redis down, worker killed): every 15 seconds a worker looks for itself what is owed.
    "work": {"task": "congress.tasks.work", "schedule": 15.0, "options": {"expires": 15}},
    # Messages leave at nine; a pass that was missed is made up for by the next.
    "remind": {"task": "congress.tasks.remind", "schedule": 300.0, "options": {"expires": 300}},
    # Before the office opens: deadlines, reminders, norms, tidying up.
    "nightly": {"task": "congress.tasks.nightly", "schedule": crontab(hour=2, minute=30), "options": {"expires": 3600}},
}

app = Celery("congress")
app.conf.update(
    # kombu spells the address of a socket its own way
    broker_url=settings.REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host="),
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,  # Redis may be down for as long as it likes
    broker_transport_options={
        "visibility_timeout": 900,  # longer than the longest task, or a task would run twice at once
        "socket_timeout": 2,  # a frozen broker must not freeze us
        "socket_connect_timeout": 2,
        "unacked_restore_interval": 5,  # a killed worker's task comes back within seconds of the timeout
        "unacked_restore_throttle": 1,
    },
    accept_content=["json"],  # a pickle in the queue is refused, not opened
    task_acks_late=True,
    task_reject_on_worker_lost=True,  # without this a killed child's task counts as done
    task_time_limit=600,  # ten thousand delegates on a busy machine; below the visibility timeout
    task_soft_time_limit=570,
    task_ignore_result=True,  # outcomes are rows
    task_publish_retry_policy={"max_retries": 1, "interval_start": 0, "interval_max": 0.2},
    worker_prefetch_multiplier=1,
    worker_cancel_long_running_tasks_on_connection_loss=True,  # the broker will hand them out again
    worker_soft_shutdown_timeout=30.0,
    worker_max_memory_per_child=350_000,  # KiB; printing large documents does not give memory back
    worker_hijack_root_logger=False,  # settings.LOGGING keeps one event on one line
    worker_redirect_stdouts=False,
    timezone=settings.TIME_ZONE,
    beat_schedule=TIMETABLE,
)
app.autodiscover_tasks()
