"""What the measurements stand on: databases of their own on the embedded server, and gunicorn on each."""

import http.client
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import environ
import psycopg2

from congress import embedded

HOME = Path(__file__).resolve().parent.parent
TIMES = {"s": 1, "l": 100}
PAPERS = 1000  # of a district the size of the demonstration, after years
FLOOR = "congress_floor"
REDIS = {"congress_s": 3, "congress_l": 4, FLOOR: 5}  # what one keeps says nothing to the other


def url(database: str, role: str = "app") -> str:
    return re.sub(r"/congress$", f"/{database}", embedded.database_url(role))


def environment(database: str, role: str = "app") -> dict[str, str]:
    """As in production: DEBUG off, the application's own role. Without HTTPS, since nobody listens in between."""
    return os.environ | {
        "DATABASE_URL": url(database, "owner" if database == FLOOR else "app"),  # the floor has no second role
        "DATABASE_OWNER_URL": url(database, "owner"),
        "DATABASE_ROLE": role,
        "REDIS_URL": f"{embedded.redis_url()}?db={REDIS[database]}",
        "SECRET_KEY": embedded.secret("SECRET_KEY"),
        "FIELD_KEYS": embedded.secret("FIELD_KEYS"),
        "STATIC_ROOT": str(embedded.VAR / "static"),
        "ALLOWED_HOSTS": "127.0.0.1",
        "DJANGO_SETTINGS_MODULE": "congress.settings",
        "DEBUG": "0",
        "HTTPS": "0",
        "LOG_LEVEL": "WARNING",
    }


def command(database: str, *words: str, role: str = "app") -> str:
    """What a Python program prints that works on the database."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=HOME,
        env=environment(database, role),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


@contextmanager
def asking(database: str = "congress") -> Iterator[Any]:
    """A cursor of the owner, outside any transaction."""
    place = environ.Env().db_url_config(url(database, "owner"))
    facts = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    connection = psycopg2.connect(**{name: place[key] for name, key in facts.items() if place.get(key)})
    connection.autocommit = True
    try:
        yield connection.cursor()
    finally:
        connection.close()


def make(database: str) -> None:
    """An empty database, unless it is there. No parallel workers: their time would be missing from the sums."""
    with asking() as server:
        server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
        if server.fetchone():
            return
        server.execute(f"CREATE DATABASE {database}")
        server.execute(f"ALTER DATABASE {database} SET max_parallel_workers_per_gather = 0")


def district(size: str) -> str:
    """The database of the district S or L, brought up to this version, and filled the first time."""
    database = f"congress_{size}"
    make(database)
    command(database, "manage.py", "prepare", "--verbosity", "0", role="owner")
    with asking(database) as server:
        server.execute("SELECT FROM congress_organization LIMIT 1")
        filled = server.fetchone() is not None
    if not filled:
        began = time.monotonic()
        made = command(database, "manage.py", "seed_scale", "--times", str(TIMES[size]), role="owner").strip()
        print(f"seeded {size.upper()}: {made} in {time.monotonic() - began:.0f} s", flush=True)
    with asking(database) as server:
        server.execute("SELECT FROM proposals_proposal LIMIT 1")
        if server.fetchone() is None:
            command(database, "manage.py", "seed_papers", "--count", str(PAPERS * TIMES[size]), role="owner")
    return database


def collect() -> None:
    """The style sheets under the names that pages give them, as a start without DEBUG collects them."""
    manifest = embedded.VAR / "static" / "staticfiles.json"
    newest = max(file.stat().st_mtime for file in (HOME / "static").rglob("*"))
    if not manifest.exists() or manifest.stat().st_mtime < newest:
        command("congress_s", "manage.py", "collectstatic", "--no-input", "--verbosity", "0")


def floor() -> str:
    """The floor's tables, fresh; the cookie of its session."""
    make(FLOOR)
    return command(FLOOR, "benchmarks/floor_app.py").strip()


def sessions(database: str) -> dict:
    return json.loads(command(database, "benchmarks/sessions.py"))


@contextmanager
def gunicorn(database: str, application: str, port: int) -> Iterator[subprocess.Popen]:
    """Two sync workers, in all else set as in production, that answer when the block begins."""
    options = ["--config", "deploy/gunicorn.py", "--workers", "2", "--worker-class", "sync", "--threads", "1"]
    options += ["--bind", f"127.0.0.1:{port}", "--log-level", "warning", "--access-logfile", "/dev/null"]
    paths = ["--chdir", str(HOME), "--pythonpath", str(HOME / "benchmarks")]
    words = [sys.executable, "-m", "gunicorn", "--no-control-socket", *options, *paths, application]
    server = subprocess.Popen(words, cwd=HOME, env=environment(database))
    try:
        wait(server, port)
        yield server
    finally:
        server.terminate()
        server.wait()


def wait(server: subprocess.Popen, port: int) -> None:
    give_up = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < give_up:
        with suppress(OSError):
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            line.request("GET", "/healthz", headers={"Host": "127.0.0.1"})
            line.getresponse()
            return
        time.sleep(0.2)
    raise SystemExit(f"nothing answers on {port}")


def backends(database: str) -> list[int]:
    """The processes of PostgreSQL that serve the database."""
    query = "SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
    with asking() as server:
        server.execute(query, [database])
        return [pid for (pid,) in server.fetchall()]


def tree(pid: int) -> list[int]:
    """The process and its children."""
    below = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [pid, *map(int, below)]


def cpu(pids: list[int]) -> dict[int, float]:
    """Milliseconds of processor each process has used, in system calls too, by the scheduler's own clock."""
    return {
        pid: sum(int(file.read_text().split()[0]) for file in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e6
        for pid in pids
    }


def used(before: dict[int, float]) -> float:
    """Milliseconds since then, of those that still run: a connection may be renewed in between."""
    now = cpu(list(before))
    return sum(max(now[pid] - then, 0) for pid, then in before.items())
