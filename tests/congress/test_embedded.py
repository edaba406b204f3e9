"""The embedded servers, started for real in a directory of the test's own."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
import pytest
from environ import Env

ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import sys
from congress import embedded
embedded.ensure()
print("up", flush=True)
sys.stdin.read()
embedded.release()
"""


@dataclass
class Installation:
    """A var/ of its own and the processes that use it."""

    var: Path
    processes: list[subprocess.Popen] = field(default_factory=list)

    def environment(self) -> dict[str, str]:
        given = {"DATABASE_URL", "REDIS_URL", "DATABASE_ROLE", "DJANGO_SETTINGS_MODULE"}
        return {key: value for key, value in os.environ.items() if key not in given} | {"VAR_DIR": str(self.var)}

    def start(self, code: str = HOLD) -> subprocess.Popen:
        """A process that uses the servers until its standard input is closed."""
        return self.run("-W", "error", "-c", code)

    def run(self, *words: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, *words],
            cwd=ROOT, env=self.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.processes.append(process)
        return process

    def say(self, code: str) -> str:
        """What a process that runs this code prints."""
        process = self.start(f"from congress import embedded\n{code}")
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        return said.strip()

    def hold(self) -> subprocess.Popen:
        process = self.start()
        assert process.stdout.readline().strip() == "up"
        return process

    def postmaster(self) -> int | None:
        file = self.var / "postgres" / "data" / "postmaster.pid"
        return int(file.read_text().split()[0]) if file.exists() else None

    @contextmanager
    def connect(self, role: str, **changes: str):
        """A cursor of that role; what it did is kept."""
        config = Env.db_url_config(self.say(f"print(embedded.database_url({role!r}))"))
        values = {"host": config["HOST"], "dbname": config["NAME"], "user": config["USER"]}
        line = psycopg2.connect(**values | {"password": config["PASSWORD"]} | changes)
        with closing(line), line, line.cursor() as cursor:
            yield cursor


def let_go(*processes: subprocess.Popen) -> None:
    for process in processes:
        process.communicate(timeout=60)


def cleared(installation: Installation) -> None:
    """Removes what lies outside the test's directory: the places that links point to."""
    installation.say("from congress.embedded import postgres, redis; postgres.stop(); redis.stop()")
    for name in ("postgres", "redis", "sockets"):
        if (link := installation.var / name).is_symlink() and link.exists():
            target = link.resolve()
            shutil.rmtree(target.parent if target.parent.name.startswith("party-congress-") else target)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """One set of data for the tests that leave it as it was."""
    installation = Installation(tmp_path_factory.mktemp("checkout") / "var")
    yield installation
    cleared(installation)


@pytest.fixture
def installation(checkout):
    yield checkout
    let_go(*(process for process in checkout.processes if process.poll() is None))
    checkout.processes.clear()


@pytest.fixture
def up(installation):
    installation.hold()
    return installation


def test_state_is_private(up):
    for name in ("postgres", "redis", "sockets", "run"):
        assert stat.S_IMODE((up.var / name).resolve().stat().st_mode) == 0o700, name
    assert stat.S_IMODE((up.var / "secrets.json").stat().st_mode) == 0o600
    assert not stat.S_IMODE(up.var.stat().st_mode) & 0o066


def test_the_servers_never_run_as_root(up):
    assert (up.var / "postgres" / "data").resolve().stat().st_uid != 0
    assert up.postmaster()


def test_nobody_comes_in_without_the_password(up):
    for user in ("postgres", "congress_owner", "congress_app"):
        refused = pytest.raises(psycopg2.OperationalError, match="password authentication failed")
        with refused, up.connect("app", user=user, password="guessed"):
            pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can try as another user of the machine")
def test_another_user_of_the_machine_is_refused(up):
    socket = (up.var / "sockets").resolve() / ".s.PGSQL.5432"
    code = f"import socket; socket.socket(socket.AF_UNIX).connect({str(socket)!r})"
    tried = subprocess.run(
        ["python3", "-c", code], check=False, user=65533, group=65533, extra_groups=[], cwd="/",
        capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"},
    )  # fmt: skip

    assert "PermissionError" in tried.stderr


def test_no_server_listens_on_the_network(up):
    with up.connect("owner") as cursor:
        cursor.execute("SELECT setting FROM pg_settings WHERE name = 'listen_addresses'")
        assert cursor.fetchone() == ("",)
    assert "port 0\n" in (up.var / "redis" / "redis.conf").read_text()


@pytest.mark.parametrize(
    "statement",
    ["CREATE TABLE mine (id int)", "CREATE SCHEMA mine", "COPY (SELECT 1) TO PROGRAM 'true'", "CREATE ROLE mine"],
)
def test_the_application_s_role_cannot_change_tables_or_reach_the_machine(up, statement):
    with up.connect("app") as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute(statement)


def test_chinese_and_spaces_in_the_path_do_no_harm(tmp_path):
    installation = Installation(tmp_path / "党代表 联络" / "var")
    process = installation.hold()
    with installation.connect("app") as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("congress_app",)
    let_go(process)
    cleared(installation)


def test_five_that_start_at_once_share_one_server_and_the_last_stops_it(installation):
    processes = [installation.start() for _ in range(5)]
    assert [process.stdout.readline().strip() for process in processes] == ["up"] * 5
    first = installation.postmaster()

    let_go(*processes[:4])
    assert installation.postmaster() == first
    let_go(processes[4])

    assert installation.postmaster() is None
    assert installation.say("from congress.embedded import redis; print(redis.answers())") == "False"


def test_after_everything_was_killed_the_next_start_finds_all_rows(installation):
    process = installation.hold()
    with installation.connect("owner") as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS kept (word text); INSERT INTO kept VALUES ('履职')")
    redis = int((installation.var / "redis" / "redis.pid").read_text())
    for number in (process.pid, installation.postmaster(), redis):
        os.kill(number, signal.SIGKILL)
    let_go(process)

    process = installation.hold()
    with installation.connect("app") as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute("SELECT word FROM kept")
    with installation.connect("owner") as cursor:
        cursor.execute("SELECT DISTINCT word FROM kept")
        assert cursor.fetchall() == [("履职",)]
        cursor.execute("DROP TABLE kept")
    let_go(process)


def test_sockets_that_were_swept_away_come_back(installation):
    process = installation.hold()
    for path in (installation.var / "sockets").resolve().iterdir():
        path.unlink()

    second = installation.hold()

    with installation.connect("app") as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
    let_go(process, second)
    assert installation.postmaster() is None


def test_lost_secrets_are_not_replaced_while_data_is_there(installation):
    let_go(installation.hold())
    secrets = installation.var / "secrets.json"
    secrets.rename(installation.var / "kept.json")

    said = installation.say("try: embedded.database_url()\nexcept embedded.Trouble as trouble: print(trouble)")
    (installation.var / "kept.json").rename(secrets)

    assert "secrets.json is gone but the database is there" in said
    assert set(json.loads(secrets.read_text())) >= {"SECRET_KEY", "FIELD_KEYS"}


def test_given_addresses_leave_nothing_to_start(monkeypatch):
    from congress import embedded

    monkeypatch.setenv("DATABASE_URL_FILE", "/run/secrets/database_url")
    monkeypatch.setenv("REDIS_URL", "redis://redis:6379/0")

    assert embedded.wanted() == []


def test_a_command_that_is_told_to_end_leaves_no_server_behind(installation):
    process = installation.run("manage.py", "shell", "-c", "print('up', flush=True); import time; time.sleep(60)")
    while process.stdout.readline().strip() != "up":
        assert process.poll() is None
    process.terminate()
    process.communicate(timeout=60)

    give_up = time.monotonic() + 30
    while installation.postmaster() and time.monotonic() < give_up:
        time.sleep(0.1)
    assert installation.postmaster() is None
