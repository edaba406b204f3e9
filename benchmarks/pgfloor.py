"""The floor of a ballot: INSERT + COMMIT a second with bare psycopg2, on 1 and on 20 connections.

`DATABASE_URL=postgres://… python benchmarks/pgfloor.py [SECONDS]` prints a JSON line a case. Needs the table that
floor_app.py makes.
"""

import json
import multiprocessing
import os
import sys
import threading
import time
from typing import Any

import environ
import psycopg2

INSERT = "INSERT INTO floor_ballot (item_id, choice, salt) VALUES (%s, %s, %s)"


def connect() -> Any:
    place = environ.Env().db_url("DATABASE_URL")
    facts = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return psycopg2.connect(**{name: place[key] for name, key in facts.items() if place.get(key)})


def insert(seconds: float, synchronous: str, times: list[float]) -> None:
    """Insert and commit until the time is over; every try's milliseconds go to `times`."""
    connection = connect()
    cursor = connection.cursor()
    cursor.execute(f"SET synchronous_commit = {synchronous}")
    connection.commit()
    end, number = time.perf_counter() + seconds, 0
    while (start := time.perf_counter()) < end:
        cursor.execute(INSERT, (number % 50, "yes", "x" * 32))
        connection.commit()
        times.append((time.perf_counter() - start) * 1000)
        number += 1
    connection.close()


def work(connections: int, seconds: float, synchronous: str, answers: Any) -> None:
    """One process with so many connections, each in a thread of its own."""
    times: list[float] = []
    threads = [threading.Thread(target=insert, args=(seconds, synchronous, times)) for _number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers.put(times)


def measure(connections: int, processes: int, seconds: float, synchronous: str) -> dict[str, Any]:
    answers = multiprocessing.Queue()
    given = (connections // processes, seconds, synchronous, answers)
    workers = [multiprocessing.Process(target=work, args=given) for _number in range(processes)]
    for worker in workers:
        worker.start()
    times = sorted(one for _worker in workers for one in answers.get())
    for worker in workers:
        worker.join()
    return {
        "connections": connections,
        "synchronous_commit": synchronous,
        "per_s": round(len(times) / seconds),
        "p50_ms": round(times[len(times) // 2], 2),
        "p95_ms": round(times[int(len(times) * 0.95)], 2),
        "load1": os.getloadavg()[0],
    }


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5
    for connections, processes in ((1, 1), (20, 2)):
        for synchronous in ("on", "off"):
            print(json.dumps(measure(connections, processes, seconds, synchronous)))


if __name__ == "__main__":
    main()
