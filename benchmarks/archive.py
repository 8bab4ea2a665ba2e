"""What labelling an archive costs beyond the labelling itself, on one core, two cores and a Dask cluster.

Compares with a bare loop over Labeller twice: in articles per CPU second, which a busy machine changes little, and in
articles a second by the clock, of which n processes on n quiet cores should reach n times the loop's. The articles are
those of corpora/written.jsonl, numbered.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path

import psutil

from model.corpus import read_corpus
from model.lexicon import lexicon

ROOT = Path(__file__).parents[1]
PORT = 8791
SCHEDULER = f"tcp://127.0.0.1:{PORT}"
PARTS = 24
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
    """Wall and CPU seconds of all processes of a run, and their peak memory in bytes, shared pages counted once."""

    seconds: float
    cpu: float
    memory: float


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=1000)
    count = parser.parse_args().articles
    with tempfile.TemporaryDirectory() as name:
        measure(Path(name), count)


def measure(folder: Path, count: int) -> None:
    source = write_articles(folder / "articles.jsonl", count)
    tiny = write_articles(folder / "tiny.jsonl", 2)
    print(f"{count:,} articles, {source.stat().st_size / 1e6:.1f} MB, {os.cpu_count()} cores, ", end="")
    print(f"load average {os.getloadavg()[0]:.1f} at the start\n", flush=True)

    loops = [bare_loop(source)]
    runs, starts = {}, {}
    for workers in (1, 2):
        starts[workers] = run(tiny, folder / f"tiny-{workers}", "--workers", workers)
        runs[workers] = run(source, folder / f"local-{workers}", "--workers", workers)
        loops.append(bare_loop(source))
    with Cluster(folder, workers=2) as cluster:
        for name in ("cold", "warm"):  # the workers load the model once, whatever they are asked to do
            start = run(tiny, folder / f"tiny-{name}", "--scheduler", SCHEDULER, beside=cluster.processes)
        dask = run(source, folder / "cluster", "--scheduler", SCHEDULER, beside=cluster.processes)
    loops.append(bare_loop(source))

    loop, seen = sorted(loops)[len(loops) // 2]
    print("| | articles per CPU second | of the loop | articles/s | of the loop × processes | start-up, CPU seconds |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    print(f"| bare loop over `Labeller` (median of {len(loops)}) | {loop:.0f} | 1.00 | {seen:.0f} | 1.00 | |")
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

    first = run(write_articles(folder / "a.jsonl", count // 3), folder / "a", "--workers", 2).memory
    tenfold = run(write_articles(folder / "b.jsonl", count // 3 * 10), folder / "b", "--workers", 2).memory
    print(f"Peak memory, two processes and their parent: {first / 1e6:.0f} MB for {count // 3:,} articles, ", end="")
    print(f"{tenfold / 1e6:.0f} MB for {count // 3 * 10:,} ({tenfold / first:.2f} ×)", flush=True)

    broken = [
        run(source, folder / "resumed", "--workers", 2, until=PARTS // 2),
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


def bare_loop(source: Path) -> tuple[float, float]:
    """Articles per CPU second and per second of a loop in a process of its own, start-up left out."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    output = subprocess.check_output([sys.executable, "-c", LOOP, source], cwd=ROOT, env=environment, text=True)
    cpu, wall = map(float, output.split())
    return cpu, wall


def run(
    source: Path, out: Path, *options: object, beside: list[subprocess.Popen[bytes]] | None = None, until: int = 10**9
) -> Run:
    """Label; `beside` names processes whose CPU time counts too; the run is killed when it has `until` parts."""
    part = max(source.stat().st_size / PARTS / 1e6, 0.001)
    script = ROOT / "scripts/label_archive.py"
    command = [sys.executable, script, source, out, "--part-megabytes", part, *options]
    servants = [psutil.Process(each.pid) for each in beside or []]
    before = sum(sum(each.cpu_times()[:2]) for each in servants)
    cpu: dict[int, float] = {}
    memory, start = 0.0, time.perf_counter()
    process = psutil.Popen([str(each) for each in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for tick in range(10**9):
        if process.poll() is not None:
            break
        members = []
        try:
            members = [process, *process.children(recursive=True)]
            cpu |= {each.pid: sum(each.cpu_times()[:2]) for each in members}
            if tick % 10 == 0:
                memory = max(memory, sum(each.memory_full_info().pss for each in members))
        except psutil.NoSuchProcess:
            continue
        if len(list((out / "articles").glob("part-*"))) >= until:
            process.send_signal(signal.SIGKILL)
            psutil.wait_procs(members)
        time.sleep(0.05)
    if process.returncode and until == 10**9:
        sys.exit(f"failed: {command}")
    after = sum(sum(each.cpu_times()[:2]) for each in servants)
    return Run(time.perf_counter() - start, sum(cpu.values()) + after - before, memory)


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
            self.processes.append(subprocess.Popen(command, stdout=log, stderr=log, cwd=self.log.parent))


def parts(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((out / "articles").iterdir())}


if __name__ == "__main__":
    main()
