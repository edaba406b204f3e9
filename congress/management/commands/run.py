"""`run`: the whole application on this machine, in the foreground, until Ctrl-C; nothing outlives it."""

import ctypes
import fcntl
import hashlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils.translation import gettext as _

from congress import embedded

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
WATCH_SECONDS = 2
START_SECONDS = 60
STOP_SECONDS = 60
ACCOUNTS = settings.VAR / "demo-accounts.tsv"


class Command(BaseCommand):
    """Checks first, then starts; what it started it stops, whatever ends it."""

    help = "Set up what is missing and run web, worker and timetable until Ctrl-C"
    requires_system_checks = ()

    def handle(self, *args: object, **options: object) -> None:
        host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
        if host not in LOOPBACK:
            os.environ.setdefault("DEBUG", "0")  # a page of debugging details is for this machine only
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: sys.exit(0))
        try:
            with only_one():
                refuse_taken(host, port)
                with embedded.running():
                    prepare()
                    collect_static()
                    with programs() as supervisor:
                        self.announce(supervisor, "127.0.0.1" if host == "0.0.0.0" else host, port)  # noqa: S104
                        watch(supervisor)
        except embedded.Trouble as trouble:
            raise CommandError(str(trouble)) from trouble

    def announce(self, supervisor: subprocess.Popen, host: str, port: int) -> None:
        """Says where the application is once it answers, and who may sign in."""
        wait_for_web(supervisor, host, port)
        if settings.EMBEDDED and not ACCOUNTS.exists():
            self.stdout.write(_("Loading the demonstration district …"))
            self.stdout.flush()
            manage("seed_demo")
        address = f"http://{host}:{port}"
        places = {
            _("Public pages"): "/",
            _("Delegates' portal"): "/portal/",
            _("Handling units' desk"): "/unit/",
            _("Office"): "/admin/",
            _("API"): "/api/v1/docs/",
        }
        self.stdout.write("")
        for name, path in places.items():
            self.stdout.write(f"  {address}{path:16} {name}")
        if settings.EMBEDDED and ACCOUNTS.exists():
            self.stdout.write("")
            rows = [line.split("\t") for line in ACCOUNTS.read_text(encoding="utf-8").splitlines()]
            widths = [max(len(word) for word in column) for column in zip(*rows, strict=True)]
            for row in rows:
                self.stdout.write("  " + "  ".join(map(str.ljust, row, widths)).rstrip())
            self.stdout.write(_("(also in %(file)s)") % {"file": ACCOUNTS})
        self.stdout.write(
            "\n" + _("Logs are in %(directory)s. Stop with Ctrl-C.") % {"directory": settings.VAR / "log"}
        )
        self.stdout.flush()


@contextmanager
def only_one() -> Iterator[None]:
    """One run in a checkout at a time."""
    with (embedded.directory("run") / "run.lock").open("a", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(
                "本目录的系统已经在运行，请先在那个窗口按 Ctrl-C 停止。"
                " / This checkout is already running: stop it first with Ctrl-C in its window."
            ) from None
        yield


def refuse_taken(host: str, port: int) -> None:
    """Stops with one sentence, before anything starts, when another program has the port."""
    try:
        family, kind, protocol, _name, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            line.bind(where)
    except OSError:
        raise CommandError(
            f"端口 {port} 已被别的程序占用，请换一个端口：make run PORT={port + 1}"
            f" / Port {port} is taken by another program, choose another: make run PORT={port + 1}"
        ) from None


def prepare() -> None:
    """Brings the database up to date as its owner. Whatever is started after this works as the application."""
    call_command("prepare", verbosity=0)
    connection.close()
    os.environ["DATABASE_ROLE"] = "app"


def manage(*words: str) -> None:
    """Runs another command in a process of its own."""
    if subprocess.run([sys.executable, "manage.py", *words], check=False, cwd=settings.BASE_DIR).returncode:
        raise CommandError(_("“%(command)s” failed: see above.") % {"command": " ".join(words)})


def collect_static() -> None:
    """Collects style sheets, scripts and pictures when one changed. With DEBUG on they are served where they lie."""
    if os.environ.get("DEBUG", str(settings.DEBUG)).lower() in {"1", "true", "on", "yes"}:
        return
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    stamp = settings.VAR / "static.stamp"
    if not stamp.exists() or stamp.read_text(encoding="ascii") != digest.hexdigest():
        manage("collectstatic", "--no-input", "--clear", "--verbosity", "0")
        stamp.write_text(digest.hexdigest(), encoding="ascii")


@contextmanager
def programs() -> Iterator[subprocess.Popen]:
    """Web, worker and timetable under supervisor; none is left when the block ends."""
    places = {
        "CONGRESS_PYTHON": sys.executable,
        "CONGRESS_LOGS": str(embedded.directory("log")),
        "CONGRESS_RUN": str(embedded.directory("run")),
    }
    supervisor = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "supervisor.supervisord", "-c", "deploy/supervisord.conf"],
        cwd=settings.BASE_DIR,
        env=os.environ | places,
        start_new_session=True,  # Ctrl-C reaches us alone, and we stop it in order
        preexec_fn=die_with_parent,  # noqa: PLW1509 no thread runs here
    )
    try:
        yield supervisor
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not cut the tidying short
        supervisor.terminate()
        with suppress(subprocess.TimeoutExpired):
            supervisor.wait(STOP_SECONDS)


def die_with_parent() -> None:
    """On Linux, supervisor stops its programs also when we are killed outright."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def wait_for_web(supervisor: subprocess.Popen, host: str, port: int) -> None:
    """Returns when the application answers."""
    give_up = time.monotonic() + START_SECONDS
    while supervisor.poll() is None and time.monotonic() < give_up:
        line = http.client.HTTPConnection(host, port, timeout=5)
        with suppress(OSError, http.client.HTTPException):
            line.request("GET", "/healthz")
            if line.getresponse().status == http.HTTPStatus.OK:
                return
        line.close()
        time.sleep(0.1)
    raise CommandError(_("The application did not start: see %(file)s") % {"file": settings.VAR / "log" / "web.log"})


def watch(supervisor: subprocess.Popen) -> None:
    """Waits, and brings back a database or Redis that was killed."""
    while supervisor.poll() is None:
        time.sleep(WATCH_SECONDS)
        embedded.ensure()
    raise CommandError(_("The supervisor ended: see %(directory)s") % {"directory": settings.VAR / "log"})
