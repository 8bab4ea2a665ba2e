"""Faults on a real gunicorn on loopback: `python benchmarks/faults.py`, some two minutes; needs PostgreSQL and root.

Under a load of labelling and feedback, kills a worker, reloads, stops and starts the database, fills the store's disk,
sends slow and half requests and a thousand malformed bodies. Prints what callers saw, and whether each acknowledged
correction is still there.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from live import Server, launch_server  # noqa: E402
from services import Postgres  # noqa: E402

ARTICLE = {"paragraphs": (ROOT / "tests/data/article.txt").read_text().strip().split("\n\n")}
CORRECTION = {"shown": None, "given": "forecast", "model": {"name": "sayso-en", "version": "1"}, "consent": True}
FREELY = {"rate_words": "1000000000 per minute", "rate_feedback": "1000000 per minute"}


class Load:
    """Two callers label and two file corrections, until the block ends; 0 stands for a connection that was cut."""

    def __init__(self, server: Server):
        self.server, self.over, self.pool = server, threading.Event(), ThreadPoolExecutor(4)
        self.labels: Counter[int] = Counter()
        self.corrections: Counter[int] = Counter()
        self.receipts: list[dict[str, str]] = []

    def post(self, path: str, body: Any, seen: Counter[int]) -> None:
        while not self.over.is_set():
            try:
                answer = self.server.post(path, body)
            except OSError:
                seen[0] += 1
                continue
            seen[answer.status] += 1
            if answer.status == 201:
                self.receipts.append(answer.json())

    def __enter__(self) -> Load:
        for _ in range(2):
            self.pool.submit(self.post, "/v1/label", ARTICLE, self.labels)
            self.pool.submit(self.post, "/v1/feedback", CORRECTION | {"text": "a" * 2000}, self.corrections)
        time.sleep(1)
        return self

    def __exit__(self, *_: object) -> None:
        time.sleep(2)
        self.over.set()
        self.pool.shutdown()

    def report(self, fault: str) -> None:
        def kept(receipt: dict[str, str]) -> bool:
            headers = {"Authorization": f"Bearer {receipt['token']}"}
            return self.server.get(f"/v1/feedback/{receipt['id']}", headers=headers).status == 200

        lost = sum(not kept(receipt) for receipt in self.receipts)
        print(
            f"| {fault} | {told(self.labels)} | {told(self.corrections)} | {lost} of {len(self.receipts)} |", flush=True
        )


def told(seen: Counter[int]) -> str:
    return ", ".join(f"{count} × {status or 'cut'}" for status, count in sorted(seen.items()))


def workers_of(server: Server) -> list[int]:
    return [int(pid) for pid in os.popen(f"pgrep -P {server.process.pid}").read().split()]


def kill_worker(server: Server) -> None:
    with Load(server) as load:
        os.kill(workers_of(server)[0], signal.SIGKILL)
        time.sleep(2)
    load.report("a worker killed with -9")


def reload(server: Server) -> None:
    with Load(server) as load:
        for _ in range(3):
            server.process.send_signal(signal.SIGHUP)
            time.sleep(3)
    load.report("three reloads (HUP)")


def database_away(server: Server, postgres: Postgres) -> None:
    with Load(server) as load:
        postgres.stop()
        time.sleep(3)
        postgres.start()
    load.report("PostgreSQL stopped for 3 s")


def disk_full() -> None:
    folder = Path(tempfile.mkdtemp())
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], check=False).returncode:
        print("| disk of the store full | not run: mounting a small disk needs root | | |")
        return
    server = launch_server(Path(tempfile.mkdtemp()), database=f"sqlite:///{folder}/feedback.db", **FREELY)
    try:
        with Load(server) as load:
            time.sleep(4)
        load.report("disk of the store full")
        print(f"| … while it is full, `/readyz` and then a label | {server.get('/readyz').status}, "
              f"{server.post('/v1/label', ARTICLE).status} | | |")  # fmt: skip
    finally:
        server.stop()
        subprocess.run(["umount", str(folder)], check=True)


def slow_requests() -> None:
    """Twenty connections that never finish: half of them silent, half sending a byte a second."""
    server = launch_server(Path(tempfile.mkdtemp()), patience=5, **FREELY)
    head = f"POST /v1/label HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Length: 9999\r\n".encode()
    connections = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(20)]
    for connection in connections:
        connection.sendall(head)

    started, ended = time.monotonic(), []
    try:
        with Load(server) as load:
            while connections and time.monotonic() - started < 30:
                for connection in list(connections):
                    try:
                        if len(connections) % 2:
                            connection.sendall(b"X")
                        connection.settimeout(0.05)
                        answer = connection.recv(200)
                    except TimeoutError:
                        continue
                    except OSError:
                        answer = b""
                    ended.append(answer.split(b" ")[1].decode() if answer else "cut")
                    connection.close()
                    connections.remove(connection)
        load.report("20 requests that never end")
        print(f"| … how those ended | {told(Counter(ended))} after {time.monotonic() - started:.0f} s | | |")  # type: ignore[arg-type]
    finally:
        server.stop()


def malformed(server: Server, times: int = 1000) -> None:
    """A good body with bytes changed, cut, doubled or swapped; fixed seed."""
    chance, seen = random.Random(7297), Counter[int]()
    good = json.dumps(ARTICLE).encode()
    for _ in range(times):
        body = bytearray(good[: chance.randrange(len(good))] if chance.random() < 0.5 else good)
        for _ in range(chance.randrange(1, 30)):
            at = chance.randrange(len(body) + 1)
            body[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(4))
        kind = chance.choice(["application/json", "application/json", "application/x-ndjson", "text/plain", ""])
        headers = {"Content-Type": kind, "Content-Encoding": chance.choice(["identity"] * 4 + ["gzip"])}
        seen[server.post(chance.choice(["/v1/label", "/v1/feedback"]), data=bytes(body), headers=headers).status] += 1
    print(f"| {times:,} malformed bodies | {told(seen)} | | |", flush=True)


def main() -> None:
    print("| fault | labels: answers × status | corrections: answers × status | acknowledged and lost |")
    print("| --- | --- | --- | --- |")
    postgres = Postgres()
    postgres.start()
    server = launch_server(Path(tempfile.mkdtemp()), database=postgres.url, **FREELY)
    try:
        kill_worker(server)
        reload(server)
        database_away(server, postgres)
        malformed(server)
    finally:
        server.stop()
        postgres.stop()
        postgres.remove()
    disk_full()
    slow_requests()


if __name__ == "__main__":
    main()
