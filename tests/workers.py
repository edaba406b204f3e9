"""Celery workers as production runs them, on the database and the queue of a test."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

START = ["-m", "celery", "-A", "congress", "worker", "--pool", "solo", "--loglevel", "WARNING"]


@contextmanager
def worker(name: str = "one") -> Iterator[subprocess.Popen]:
    """A worker while the block runs. What it is killed by in between is the block's own affair."""
    database = connection.settings_dict
    url = f"postgres://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}?host={database['HOST']}"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "congress.settings",
        "DATABASE_URL": url,
        "DATABASE_OWNER_URL": url,
        "REDIS_URL": settings.REDIS_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        "FIELD_KEYS": settings.FIELD_KEYS,
        "ALLOWED_HOSTS": "localhost",
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
    }
    command = [sys.executable, *START, "--hostname", f"{name}@localhost"]
    process = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR)
    try:
        time.sleep(0.1)
        assert process.poll() is None
        yield process
    finally:
        process.terminate()
        process.wait(timeout=40)
