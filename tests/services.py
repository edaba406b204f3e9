"""The real PostgreSQL and Redis for a test run: the embedded ones, unless the environment names others."""

import atexit
import os

from congress import embedded


def start() -> None:
    """Both answer from here on until this process ends. Tests work as the owner, since they make their own database."""
    os.environ.setdefault("DATABASE_ROLE", "owner")
    embedded.ensure()
    atexit.register(embedded.release)
