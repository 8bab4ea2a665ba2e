"""Load on a real gunicorn on loopback: `python benchmarks/load.py [--seconds 3] [--soak 100000]`, a few minutes in all.

Prints requests/s, p50, p99 and errors for articles of 5, 30 and 200 paragraphs at rising concurrency and at half of the
highest rate, next to a no-op (`/livez`) on the same server and to the bare `Labeller` call; with `--soak`, the server's
memory over that many requests. Clients and server share the machine's cores.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

os.environ["OMP_NUM_THREADS"] = "1"  # as in server/gunicorn.conf.py

from live import Server, launch_server  # noqa: E402

from model import Labeller  # noqa: E402

ARTICLE = (ROOT / "tests/data/article.txt").read_text().strip().split("\n\n")
SIZES = (5, 30, 200)


def article_of(paragraphs: int) -> list[str]:
    return [ARTICLE[n % len(ARTICLE)] for n in range(paragraphs)]


class Client:
    """One kept-alive connection, opened again where it was closed."""

    def __init__(self, port: int):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def __call__(self, body: bytes | None) -> int:
        for attempt in (1, 2):
            try:
                if body is None:
                    self.connection.request("GET", "/livez")
                else:
                    self.connection.request("POST", "/v1/label", body, {"Content-Type": "application/json"})
                response = self.connection.getresponse()
                response.read()
                return response.status
            except (OSError, http.client.HTTPException):
                self.connection.close()
                if attempt == 2:
                    return 0
        return 0


def client(port: int, body: bytes | None, seconds: float, pause: float, results: multiprocessing.Queue) -> None:  # type: ignore[type-arg]
    call, times, errors = Client(port), [], 0
    end = time.perf_counter() + seconds
    while (started := time.perf_counter()) < end:
        errors += call(body) != 200
        times.append(time.perf_counter() - started)
        if pause > times[-1]:
            time.sleep(pause - times[-1])
    results.put((times, errors))


def measure(
    port: int, body: bytes | None, clients: int, seconds: float, rate: float = 0
) -> tuple[float, float, float, int]:
    """Requests/s, p50 and p99 in ms, errors. `rate` holds the clients together to so many requests/s."""
    results: multiprocessing.Queue = multiprocessing.Queue()  # type: ignore[type-arg]
    pause = clients / rate if rate else 0
    processes = [
        multiprocessing.Process(target=client, args=(port, body, seconds, pause, results)) for _ in range(clients)
    ]
    for process in processes:
        process.start()
    parts = [results.get() for _ in processes]
    for process in processes:
        process.join()
    times = sorted(1000 * t for part, _ in parts for t in part)
    return len(times) / seconds, quantile(times, 0.5), quantile(times, 0.99), sum(errors for _, errors in parts)


def quantile(ordered: list[float], share: float) -> float:
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def median_ms(times: int, *calls: Callable[[], object]) -> list[float]:
    """Of each of the calls, made in turn, so that a busy moment of the machine strikes all of them."""
    taken: list[list[float]] = [[] for _ in calls]
    for _ in range(times):
        for call, mine in zip(calls, taken, strict=True):
            started = time.perf_counter()
            call()
            mine.append(1000 * (time.perf_counter() - started))
    return [statistics.median(mine) for mine in taken]


def cpu_ms(pids: list[int], call: Callable[[], object], times: int) -> float:
    """What each call costs these processes: unlike the time it takes, hardly touched by what else the machine does."""

    def spent() -> float:
        fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
        return sum(int(field[11]) + int(field[12]) for field in fields) / os.sysconf("SC_CLK_TCK")

    before = spent()
    for _ in range(times):
        call()
    return 1000 * (spent() - before) / times


def processes_of(server: Server) -> list[int]:
    return [server.process.pid, *map(int, os.popen(f"pgrep -P {server.process.pid}").read().split())]


def memory(server: Server) -> tuple[float, float]:
    """Of all processes of the server, in MB: proportional set size, and the part that is not shared."""
    rollups = [Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines() for pid in processes_of(server)]
    fields = [{line.split(":")[0]: int(line.split()[1]) for line in rollup[1:]} for rollup in rollups]
    private = sum(f["Private_Dirty"] + f["Private_Clean"] for f in fields)
    return sum(f["Pss"] for f in fields) / 1024, private / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3, help="of each measurement")
    parser.add_argument("--soak", type=int, default=0, help="requests over which memory is watched")
    chosen = parser.parse_args()
    labeller = Labeller.load()
    server = launch_server(Path(tempfile.mkdtemp()), rate_words="1000000000 per minute")
    try:
        print(
            "| paragraphs | bare call, ms | over HTTP, ms | overhead, ms | no-op, ms | bare CPU, ms | server CPU, ms |"
        )
        print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
        one = Client(server.port)
        for size in SIZES:
            paragraphs = article_of(size)
            body = json.dumps({"paragraphs": paragraphs}).encode()
            times = max(30, 4000 // size)
            calls = (partial(labeller.label, paragraphs), partial(one, body), partial(one, None))
            median_ms(20, *calls)
            bare, over, nothing = median_ms(times, *calls)
            mine = cpu_ms([os.getpid()], calls[0], times)
            theirs = cpu_ms(processes_of(server), calls[1], times)
            print(
                f"| {size} | {bare:.2f} | {over:.2f} | {over - bare:.2f} | {nothing:.2f} | {mine:.2f} | {theirs:.2f} |"
            )
        print("\n| paragraphs | clients | requests/s | p50, ms | p99, ms | p99 / p50 | errors |")
        print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
        for size in (0, *SIZES):
            body = json.dumps({"paragraphs": article_of(size)}).encode() if size else None
            best = 0.0
            for clients in (1, 2, 4, 8, 16):
                rate, p50, p99, errors = measure(server.port, body, clients, chosen.seconds)
                best = max(best, rate)
                name = size or "no-op"
                print(
                    f"| {name} | {clients} | {rate:.0f} | {p50:.1f} | {p99:.1f} | {p99 / p50:.1f} | {errors} |",
                    flush=True,
                )
            rate, p50, p99, errors = measure(server.port, body, 4, 2 * chosen.seconds, best / 2)
            name = f"{size or 'no-op'}, half load"
            print(f"| {name} | 4 | {rate:.0f} | {p50:.1f} | {p99:.1f} | {p99 / p50:.1f} | {errors} |", flush=True)
        if chosen.soak:
            soak(server, chosen.soak)
    finally:
        server.stop()


def soak(server: Server, requests: int) -> None:
    print("\n| requests | memory (PSS), MB | of it unshared, MB |\n| ---: | ---: | ---: |")
    body, one = json.dumps({"paragraphs": article_of(5)}).encode(), Client(server.port)
    for step in range(11):
        pss, private = memory(server)
        print(f"| {step * requests // 10:,} | {pss:.0f} | {private:.0f} |", flush=True)
        for _ in range(requests // 10 if step < 10 else 0):
            one(body)


if __name__ == "__main__":
    main()
