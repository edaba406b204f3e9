"""PostgreSQL and Redis for a machine that has neither: run from the wheels' programs, with all state under var/.

Only the standard library is used, because settings and `manage.py` ask before Django is there. The sentences a person
may see are in Chinese and English side by side, because no translation is loaded yet. The wheels' own start functions
are never called: they let every user of the machine in.

Lowest first: places (who and where), postgres and redis (one server each), this file (who uses them, and until when).
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from congress.embedded import places, postgres, redis

VAR = places.VAR
Trouble = places.Trouble
directory = places.directory
secret = places.secret
program = postgres.client
database_url = postgres.url
redis_url = redis.url

_SERVERS = {"DATABASE_URL": postgres, "REDIS_URL": redis}
# By process, because a forked child shares its parent's lock and may not give it up.
_seats: dict[int, IO[str]] = {}


def wanted() -> list:
    """The servers this process needs from here: those whose address the environment does not give."""
    given = os.environ
    return [server for name, server in _SERVERS.items() if not (given.get(name) or given.get(f"{name}_FILE"))]


def ensure() -> None:
    """The wanted servers answer when this returns, and stay up until this process calls release() or ends."""
    servers = wanted()
    if not servers or (os.getpid() in _seats and all(server.answers() for server in servers)):
        return
    with places.lock("start.lock"):
        if os.getpid() not in _seats:
            seat = (places.directory("run") / "users.lock").open("a", encoding="utf-8")
            fcntl.flock(seat, fcntl.LOCK_SH)
            _seats[os.getpid()] = seat
        for server in servers:
            if not server.answers():
                server.start()


def release() -> None:
    """This process needs the servers no more: the last one to say so stops them."""
    seat = _seats.pop(os.getpid(), None)
    if seat is None:
        return
    with places.lock("start.lock"), seat:
        try:
            fcntl.flock(seat, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        for server in wanted():
            server.stop()


@contextmanager
def running() -> Iterator[None]:
    """The servers answer inside the block."""
    try:
        ensure()
        yield
    finally:
        release()
