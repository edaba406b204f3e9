"""`make run` as a person uses it: it comes up, says where it is, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.congress.test_embedded import Installation, cleared

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are counted by Linux's /proc")


def processes_of(installation: Installation) -> set[int]:
    """Every living process that was started for this directory, by its environment."""
    mark = f"VAR_DIR={installation.var}".encode()
    found = set()
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and mark in (entry / "environ").read_bytes().split(b"\0"):
                found.add(int(entry.name))
        except OSError:  # it ended meanwhile, or is another user's
            continue
    return found


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]


@pytest.fixture
def installation(tmp_path):
    installation = Installation(tmp_path / "var")
    yield installation
    for number in processes_of(installation):
        os.kill(number, signal.SIGKILL)
    cleared(installation)


def start(installation: Installation, port: int) -> subprocess.Popen:
    installation.var.mkdir(mode=0o711)
    (installation.var / "demo-accounts.tsv").touch(mode=0o600)  # the district is not what is tried here
    return subprocess.Popen(
        [sys.executable, "manage.py", "run"],
        cwd=ROOT, env=installation.environment() | {"PORT": str(port)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_the_application_comes_up_heals_and_leaves_nothing_behind(installation):
    port = free_port()
    process = start(installation, port)
    for line in process.stdout:
        if "Ctrl-C" in line:
            break
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
        assert answer.status == 200
    second = subprocess.run(
        [sys.executable, "manage.py", "run"], check=False, cwd=ROOT, env=installation.environment(),
        capture_output=True, text=True,
    )  # fmt: skip
    assert "already running" in second.stderr
    first_postmaster = installation.postmaster()
    os.kill(first_postmaster, signal.SIGKILL)
    give_up = time.monotonic() + 30
    while installation.postmaster() in {first_postmaster, None} and time.monotonic() < give_up:
        time.sleep(0.2)
    assert len(processes_of(installation)) >= 6  # run, supervisor, web and its two, worker, beat

    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)

    assert process.returncode == 0
    assert processes_of(installation) == set()
    assert installation.postmaster() is None


def test_a_taken_port_is_told_before_anything_starts(installation):
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        line.listen()
        port = line.getsockname()[1]
        told = subprocess.run(
            [sys.executable, "manage.py", "run"], check=False, cwd=ROOT,
            env=installation.environment() | {"PORT": str(port)}, capture_output=True, text=True,
        )  # fmt: skip

    assert told.returncode == 1
    assert f"端口 {port} 已被别的程序占用" in told.stderr
    assert f"Port {port} is taken" in told.stderr
    assert not (installation.var / "postgres").exists()
