"""What labelling an archive costs beyond the labelling itself, on one core, two cores and a Dask cluster.

Compares with a bare loop over Labeller twice: in articles per CPU second, which a busy machine changes little, and in
articles a second by the clock, of which n processes on n quiet cores should reach n times the loop's. Cores that share
memory and heat may not double anything, so two loops at once are measured as well. The articles are those of
corpora/written.jsonl, numbered. Linux only.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from model.corpus import read_corpus
from model.lexicon import lexicon

ROOT = Path(__file__).parents[1]
PORT = 8791
SCHEDULER = f"tcp://127.0.0.1:{PORT}"
SMALL_PARTS = ("--part-megabytes", 0.001)  # so that a tiny input, too, starts all workers
LOOP = """
import json, sys, time
from model import Labeller
labeller = Labeller.load()
labeller.label(["Warm, he said."])
cpu, wall, count = time.process_time(), time.perf_counter(), 0
for line in open(sys.argv[1]):
    labeller.label(json.loads(line)["paragraphs"])
    count += 1
print(count / (time.process_time() - cpu), count / (time.perf_counter() - wall))
"""


@dataclass
class Run:
    """Wall and CPU seconds of all processes of a run."""

    seconds: float
    cpu: float


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=1000)
    count = parser.parse_args().articles
    adopt_orphans()
    with tempfile.TemporaryDirectory() as name:
        measure(Path(name), count)


def measure(folder: Path, count: int) -> None:
    source = write_articles(folder / "articles.jsonl", count)
    tiny = write_articles(folder / "tiny.jsonl", 2)
    print(f"{count:,} articles, {source.stat().st_size / 1e6:.1f} MB, {os.cpu_count()} cores, ", end="")
    print(f"load average {os.getloadavg()[0]:.1f} at the start\n", flush=True)

    loops, pairs = [bare_loops(source)], [bare_loops(source, at_once=2)]
    runs, starts = {}, {}
    for workers in (1, 2):
        starts[workers] = run(tiny, folder / f"tiny-{workers}", "--workers", workers, *SMALL_PARTS)
        runs[workers] = run(source, folder / f"local-{workers}", "--workers", workers)
        loops.append(bare_loops(source))
    pairs.append(bare_loops(source, at_once=2))
    with Cluster(folder, workers=2) as cluster:
        for name in ("cold", "warm"):  # the workers load the model once, whatever they are asked to do
            options = ("--scheduler", SCHEDULER, *SMALL_PARTS)
            start = run(tiny, folder / f"tiny-{name}", *options, beside=cluster.processes)
        dask = run(source, folder / "cluster", "--scheduler", SCHEDULER, beside=cluster.processes)
    loops.append(bare_loops(source))
    pairs.append(bare_loops(source, at_once=2))

    loop, seen = sorted(loops)[len(loops) // 2]
    loop_of_two, seen_by_two = sorted(pairs)[len(pairs) // 2]
    print("| | articles per CPU second | of the loop | articles/s | of the loop × processes | start-up, CPU seconds |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    print(f"| bare loop over `Labeller` (median of {len(loops)}) | {loop:.0f} | 1.00 | {seen:.0f} | 1.00 | |")
    print(f"| two such loops at once (median of {len(pairs)}) | {loop_of_two:.0f} | {loop_of_two / loop:.2f} ", end="")
    print(f"| {seen_by_two:.0f} | {seen_by_two / seen / 2:.2f} | |")
    for name, processes, whole, begin in (
        ("one process", 1, runs[1], starts[1]),
        ("two processes", 2, runs[2], starts[2]),
        ("Dask, two workers", 2, dask, start),
    ):
        rate, clock = count / (whole.cpu - begin.cpu), count / (whole.seconds - begin.seconds)
        ratios = f"{rate / loop:.2f} | {clock:.0f} | {clock / seen / processes:.2f}"
        print(f"| {name} | {rate:.0f} | {ratios} | {begin.cpu:.1f} |")
    same = parts(folder / "local-1") == parts(folder / "local-2") == parts(folder / "cluster")
    print(f"\nThe three outputs are the same, byte for byte: {'yes' if same else 'NO'}", flush=True)

    first = peak_memory(write_articles(folder / "a.jsonl", count // 3), folder / "a")
    tenfold = peak_memory(write_articles(folder / "b.jsonl", count // 3 * 10), folder / "b")
    print(f"Peak memory, two processes and their parent: {first / 1e6:.0f} MB for {count // 3:,} articles, ", end="")
    print(f"{tenfold / 1e6:.0f} MB for {count // 3 * 10:,} ({tenfold / first:.2f} ×)", flush=True)

    broken = [
        run(source, folder / "resumed", "--workers", 2, until=len(parts(folder / "local-2")) // 2),
        run(source, folder / "resumed", "--workers", 2),
    ]
    cpu = sum(each.cpu for each in broken)
    print(f"Killed half-way and resumed: {cpu:.1f} CPU seconds, {cpu / runs[2].cpu:.2f} × those of one go; ", end="")
    print(f"output the same: {'yes' if parts(folder / 'resumed') == parts(folder / 'local-1') else 'NO'}")

    size = sum(path.stat().st_size for path in (folder / "local-1/articles").iterdir()) / count
    rate = count / (runs[2].cpu - starts[2].cpu)
    print(f"\n100 million such articles: {1e8 / rate / 3600:,.0f} core-hours, {1e8 * size / 1e9:,.0f} GB of labels")


def write_articles(path: Path, count: int) -> Path:
    articles = read_corpus(ROOT / "corpora/written.jsonl", lexicon().labels.codes)
    texts = [article.texts for article in articles]
    with path.open("w") as file:
        for number in range(count):
            first, *others = texts[number % len(texts)]
            file.write(json.dumps({"id": f"{number}", "paragraphs": [f"{number}. {first}", *others]}) + "\n")
    return path


def bare_loops(source: Path, at_once: int = 1) -> tuple[float, float]:
    """Articles per CPU second and per second of loops, each in a process of its own, start-up left out."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-c", LOOP, str(source)]
    loops = [
        subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE) for _ in range(at_once)
    ]
    cpu, wall = zip(*(map(float, loop.communicate()[0].split()) for loop in loops), strict=True)
    return sum(cpu) / at_once, sum(wall)


def run(
    source: Path,
    out: Path,
    *options: object,
    beside: Sequence[subprocess.Popen[bytes]] = (),
    until: int | None = None,
) -> Run:
    """Label; `beside` names processes whose CPU time counts too; the run is killed when it has `until` parts."""
    before, start = cpu_seconds(beside), time.perf_counter()
    process = label_archive(source, out, *options)
    while until and process.poll() is None and len(list(out.glob("articles/part-*"))) < until:
        time.sleep(0.05)
    if until:
        process.kill()
    elif process.wait():
        sys.exit(f"failed: {process.args!r}")
    seconds = time.perf_counter() - start
    await_all_but(beside)
    return Run(seconds, cpu_seconds(beside) - before)


def peak_memory(source: Path, out: Path) -> float:
    """Of two processes and their parent, in bytes, shared pages counted once. Looking takes time of its own."""
    process, peak = label_archive(source, out, "--workers", 2), 0.0
    while process.poll() is None:
        with suppress(psutil.NoSuchProcess):
            parent = psutil.Process(process.pid)
            peak = max(peak, sum(each.memory_full_info().pss for each in [parent, *parent.children(recursive=True)]))
        time.sleep(0.2)
    await_all_but(())
    return peak


def label_archive(source: Path, out: Path, *options: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, *map(str, (ROOT / "scripts/label_archive.py", source, out, *options))]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def adopt_orphans() -> None:
    """Workers are no children of ours: to learn what they took, inherit them when their parent is gone."""
    pr_set_child_subreaper = 36
    ctypes.CDLL(None).prctl(pr_set_child_subreaper, 1, 0, 0, 0)


def await_all_but(servants: Sequence[subprocess.Popen[bytes]]) -> None:
    spared = {each.pid for each in servants}
    while others := [each.pid for each in psutil.Process().children() if each.pid not in spared]:
        os.waitpid(others[0], 0)


def cpu_seconds(servants: Sequence[subprocess.Popen[bytes]]) -> float:
    """Of all processes that have ended, and of these."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime + sum(sum(psutil.Process(each.pid).cpu_times()[:2]) for each in servants)


class Cluster:
    """A Dask scheduler and its workers, each a process of its own."""

    def __init__(self, folder: Path, workers: int) -> None:
        self.log = folder / "dask.log"
        self.workers = workers
        self.processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Cluster:
        self.start("scheduler", "--host", "127.0.0.1", "--port", str(PORT))
        for _ in range(self.workers):
            self.start("worker", SCHEDULER, "--nthreads", "1", "--no-nanny")
        while self.log.read_text().count("Registered to") < self.workers:
            time.sleep(0.1)
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.kill()
            process.wait()

    def start(self, *arguments: str) -> None:
        dask = str(Path(sys.executable).with_name("dask"))
        with self.log.open("ab") as log:
            command = [dask, *arguments, "--no-dashboard"]
            environment = {**os.environ, "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False"}
            process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.log.parent, env=environment)
            self.processes.append(process)


def parts(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((out / "articles").iterdir())}


if __name__ == "__main__":
    main()
