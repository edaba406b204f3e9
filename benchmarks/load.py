"""Closed-loop load on this machine, standard library only; prints one JSON line.

    load.py --base http://127.0.0.1:8000 -c 20 -n 2000 --path /portal/ [--cookie sid=…] [--expect WORDS]
    load.py --base … --requests FILE.jsonl     each line one request: method, path, headers, body, expect

`--cpu app=PID --cpu pg=PID` adds processor milliseconds per request of those process trees, `--insn` millions of
user-space instructions (perf stat: repeatable within 2 % whatever else the machine does). Loopback only.
"""

import argparse
import asyncio
import collections
import json
import os
import signal
import statistics
import subprocess
import tempfile
import time
import urllib.parse
from pathlib import Path
from typing import Any


async def ask(host: str, port: int, raw: bytes) -> bytes:
    """One request on a connection of its own."""
    reader, writer = await asyncio.open_connection(host, port, limit=2**24)
    writer.write(raw)
    answer = await reader.read(-1)
    writer.close()
    return answer


def build(host: str, port: int, wish: dict[str, Any]) -> bytes:
    body, method = (wish.get("body") or "").encode(), wish.get("method", "GET")
    headers = {"Host": f"{host}:{port}", "Connection": "close", "Accept": "text/html", **(wish.get("headers") or {})}
    if body or method == "POST":
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        headers["Content-Length"] = str(len(body))
    lines = [f"{method} {wish['path']} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def tree(pid: int) -> dict[int, int]:
    """The process and all below it, each with its clock ticks."""
    children, ticks = collections.defaultdict(list), {}
    for place in Path("/proc").iterdir():
        if not place.name.isdigit():
            continue
        try:
            facts = (place / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue  # it ended while we looked
        children[int(facts[1])].append(int(place.name))
        ticks[int(place.name)] = sum(map(int, facts[11:15]))
    found, waiting = {}, [pid]
    while waiting:
        one = waiting.pop()
        found[one] = ticks.get(one, 0)
        waiting += children[one]
    return found


def milliseconds(pid: int) -> float:
    return sum(tree(pid).values()) * 1000 / os.sysconf("SC_CLK_TCK")


class Instructions:
    """Counts a process tree's user-space instructions until it is asked."""

    def __init__(self, pid: int) -> None:
        self.file = tempfile.NamedTemporaryFile("r", suffix=".perf")  # noqa: SIM115 -- closed with the process
        command = ["perf", "stat", "-x,", "-e", "instructions:u", "-o", self.file.name, "-p"]
        self.perf = subprocess.Popen([*command, ",".join(map(str, tree(pid)))], stderr=subprocess.DEVNULL)
        time.sleep(0.5)

    def millions(self) -> float:
        self.perf.send_signal(signal.SIGINT)
        self.perf.wait()
        counts = [line.split(",")[0] for line in self.file if "instructions" in line]
        return int(counts[0]) / 1e6 if counts and counts[0].isdigit() else float("nan")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--base", required=True)
    parser.add_argument("-c", dest="clients", type=int, default=1)
    parser.add_argument("-n", dest="number", type=int, default=200)
    parser.add_argument("--path", default="/")
    parser.add_argument("--requests", type=Path)
    parser.add_argument("--cookie")
    parser.add_argument("--header", action="append", default=[])
    parser.add_argument("--expect", default="")
    parser.add_argument("--warm", type=int, default=20)
    parser.add_argument("--label", default="")
    parser.add_argument("--cpu", action="append", default=[], metavar="NAME=PID")
    parser.add_argument("--insn", action="store_true")
    parser.add_argument("--max-seconds", type=float, default=180)
    return parser.parse_args()


def wishes(given: argparse.Namespace) -> list[dict[str, Any]]:
    if given.requests:
        return [json.loads(line) for line in given.requests.read_text(encoding="utf-8").splitlines()]
    headers = dict(line.split(": ", 1) for line in given.header)
    if given.cookie:
        headers["Cookie"] = given.cookie
    return [{"path": given.path, "headers": headers, "expect": given.expect}] * given.number


class Run:
    """What the clients saw."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.sizes: list[int] = []
        self.status: collections.Counter[str] = collections.Counter()
        self.good = 0

    def note(self, answer: bytes, started: float, expect: str) -> None:
        self.times.append((time.perf_counter() - started) * 1000)
        code = answer[9:12].decode("latin1") or "empty"
        self.status[code] += 1
        self.sizes.append(len(answer))
        self.good += code[:1] in "23" and expect.encode() in answer

    def at(self, share: float) -> float | None:
        ordered = sorted(self.times)
        return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1) if ordered else None


async def drive(host: str, port: int, given: argparse.Namespace, asked: list[dict[str, Any]]) -> tuple[Run, float]:
    run, waiting, start = Run(), iter(asked), time.perf_counter()

    async def client() -> None:
        for wish in waiting:
            if time.perf_counter() - start > given.max_seconds:
                return
            begun = time.perf_counter()
            try:
                run.note(await ask(host, port, build(host, port, wish)), begun, wish.get("expect") or "")
            except OSError as failure:
                run.status[type(failure).__name__] += 1

    await asyncio.gather(*[client() for _number in range(given.clients)])
    return run, time.perf_counter() - start


async def main() -> None:
    given = arguments()
    address = urllib.parse.urlsplit(given.base)
    host, port = address.hostname or "", address.port or 80
    if host not in {"127.0.0.1", "localhost", "::1"}:
        raise SystemExit("loopback only")
    asked = wishes(given)
    for _number in range(0 if given.requests else given.warm):
        await ask(host, port, build(host, port, asked[0]))
    watched = {name: int(pid) for name, pid in (pair.split("=") for pair in given.cpu)}
    before = {name: milliseconds(pid) for name, pid in watched.items()}
    counters = {name: Instructions(pid) for name, pid in watched.items()} if given.insn else {}
    run, seconds = await drive(host, port, given, asked)
    number = max(len(run.times), 1)
    answer = {
        "label": given.label,
        "clients": given.clients,
        "n": len(run.times),
        "ok": run.good,
        "status": dict(run.status),
        "s": round(seconds, 2),
        "rps": round(len(run.times) / seconds, 1),
        "mean": round(statistics.fmean(run.times), 1) if run.times else None,
        **{f"p{round(share * 100)}": run.at(share) for share in (0.5, 0.95, 0.99, 1)},
        "bytes": int(statistics.median(run.sizes)) if run.sizes else 0,
        **{f"Minsn_{name}": round(counter.millions() / number, 2) for name, counter in counters.items()},
        **{f"cpu_ms_{name}": round((milliseconds(pid) - before[name]) / number, 2) for name, pid in watched.items()},
        "load1": os.getloadavg()[0],
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    asyncio.run(main())
