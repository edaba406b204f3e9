"""Work owed to a worker: posted in the transaction that owes it, done after it, once.

The row is the truth. The doorbell only wakes a worker early; a poll every few seconds finds
what it missed, so nothing depends on the broker.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from congress.models import Job

log = logging.getLogger(__name__)
GIVE_UP_AFTER = 5


def post(key: str, kind: str, subject_id: int) -> None:
    """Owe the job `kind` for a row. Posting the same key again does nothing."""
    _job, fresh = Job.objects.get_or_create(key=key, defaults={"kind": kind, "subject_id": subject_id})
    if fresh:
        transaction.on_commit(ring, robust=True)


def ring() -> None:
    """Wake a worker. Never fails: a dead broker costs seconds, not work."""
    try:
        import_string(settings.DOORBELL)()
    except Exception as failure:  # noqa: BLE001 -- whatever the broker throws, the poll will find the job
        log.warning("Doorbell silent: %s", failure)


def run_due() -> int:
    """Do every job that is due, one at a time, and say how many were done by this call."""
    done = 0
    while (job_id := _next_due()) is not None:
        done += run(job_id)
    return done


def _next_due() -> int | None:
    return Job.objects.due(timezone.now()).order_by("run_after", "pk").values_list("pk", flat=True).first()


def run(job_id: int) -> bool:
    """Do one job unless another worker has it. A failure is noted, put off, and given up after five tries.

    The claim is a session lock, not a row lock: the work itself runs in transactions of its own,
    and the lock dies with the worker.
    """
    if not _claim(job_id):
        # Somebody has it: look again in a moment, or this loop would spin.
        Job.objects.filter(pk=job_id, done_at=None).update(run_after=timezone.now() + timedelta(seconds=5))
        return False
    try:
        job = Job.objects.get(pk=job_id)
        if job.done_at or job.dead_at:
            return False
        Job.objects.filter(pk=job_id).update(attempts=job.attempts + 1)
        import_string(settings.JOBS[job.kind])(job.subject_id)
        Job.objects.filter(pk=job_id).update(done_at=timezone.now(), error="")
        return True
    except Exception as failure:
        log.exception("Job failed: %s", job_id)
        _put_off(job_id, failure)
        return False
    finally:
        _release(job_id)


def is_last_try(key: str) -> bool:
    """Whether the job that is running will be given up if it fails: the moment to tell people."""
    return Job.objects.filter(key=key, attempts__gte=GIVE_UP_AFTER).exists()


def _put_off(job_id: int, failure: Exception) -> None:
    job = Job.objects.get(pk=job_id)
    job.error = f"{type(failure).__name__}: {failure}"[:2000]
    job.run_after = timezone.now() + timedelta(seconds=10 * 4**job.attempts)
    if job.attempts >= GIVE_UP_AFTER:
        job.dead_at = timezone.now()
    job.save(update_fields=["error", "run_after", "dead_at"])


def _claim(job_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK_SPACE, job_id % 2**31])
        return bool(cursor.fetchone()[0])


def _release(job_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK_SPACE, job_id % 2**31])


_LOCK_SPACE = 0x10B5
