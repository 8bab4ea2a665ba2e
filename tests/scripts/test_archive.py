"""Labelling archives: every kind of input, every kind of accident."""

import asyncio
import gzip
import json
import os
import re
import resource
import signal
import subprocess
import sys
from concurrent.futures import CancelledError, ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import fsspec
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet as pq
import pytest
from distributed.comm.core import CommClosedError

from model import Labeller
from scripts.archive import Archive
from scripts.archive_input import FIELDS
from scripts.archive_output import rows_of, schema
from scripts.cluster import Workers
from tests.scripts.conftest import NEWS, ROOT, wait_for

PARAGRAPHS = [" ".join(text for text, _ in sentences) for sentences in NEWS]


def article(number: int) -> dict[str, object]:
    body = [*PARAGRAPHS, f"The {number} residents may return next week, a neighbour said."]
    return {"id": f"a{number}", "date": f"2026-0{number % 3 + 1}-02", "outlet": f"o{number % 2}", "paragraphs": body}


def write_lines(path: Path, rows: list[object]) -> Path:
    path.write_bytes(b"".join(row if isinstance(row, bytes) else json.dumps(row).encode() + b"\n" for row in rows))
    return path


def record(url: str, page: bytes, status: int = 200, content_type: str = "text/html; charset=utf-8") -> bytes:
    answer = (
        f"HTTP/1.1 {status} OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(page)}\r\n\r\n".encode() + page
    )
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{abs(hash(url))}>\r\nWARC-Target-URI: {url}\r\n"
        f"WARC-Date: 2026-03-04T05:06:07Z\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(answer)}\r\n\r\n"
    )
    return head.encode() + answer + b"\r\n\r\n"


def page(number: int = 0) -> bytes:
    paragraphs = "".join(f"<p>{text} It was the {number}th fire in a café.</p>" for text in PARAGRAPHS * 3)
    return f"<html><body><article>{paragraphs}</article></body></html>".encode()


def label(source: Path, out: Path, part_bytes: int = 2000, **options: object):
    with ThreadPoolExecutor(1) as executor:
        return Archive([str(source)], str(out), format="jsonl", part_bytes=part_bytes, **options).run(executor, 1)


def rows(out: Path, folder: str = "articles") -> list[dict[str, object]]:
    return [
        json.loads(line) for path in sorted((out / folder).glob("*.jsonl")) for line in path.read_text().splitlines()
    ]


def contents(out: Path) -> dict[str, bytes]:
    """Everything a run left but the plan, which names the folder of the input."""
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file() and path.name != "run.json"
    }


@pytest.fixture
def archive(tmp_path):
    return write_lines(tmp_path / "in.jsonl", [article(number) for number in range(40)])


def test_every_article_is_labelled_as_the_labeller_does(archive, tmp_path):
    totals = label(archive, tmp_path / "out")
    assert (totals.articles, totals.rejected, totals.duplicates) == (40, 0, 0)
    found = rows(tmp_path / "out")
    assert [row["id"] for row in found] == [f"a{number}" for number in range(40)]
    expected = Labeller.load().label(article(7)["paragraphs"])
    row = found[7]
    assert [each["label"] for each in row["paragraphs"]] == [each.label for each in expected.paragraphs]
    assert row["words"] == expected.summary.words
    assert [source["name"] for source in row["sources"]] == [source.name for source in expected.summary.sources]
    assert "Mara Dunne" in row["paragraphs"][1]["speakers"][0]


def test_no_text_of_an_article_is_written_but_the_names_of_sources(archive, tmp_path):
    label(archive, tmp_path / "out")
    written = b"".join(contents(tmp_path / "out").values())
    assert b"warehouse" not in written
    assert b"smoke" not in written


def test_all_formats_in_give_the_same_labels(tmp_path):
    articles = [article(number) for number in range(150)]
    write_lines(tmp_path / "a.jsonl", articles)
    with gzip.open(tmp_path / "a.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(each) + "\n" for each in articles)
    pq.write_table(pa.Table.from_pylist(articles), tmp_path / "a.parquet", row_group_size=70)
    for name in ("a.jsonl", "a.jsonl.gz", "a.parquet"):
        label(tmp_path / name, tmp_path / f"out-{name}", part_bytes=1000)
    expected = rows(tmp_path / "out-a.jsonl")
    assert len(expected) == 150
    assert rows(tmp_path / "out-a.jsonl.gz") == expected
    assert rows(tmp_path / "out-a.parquet") == expected
    assert len(list((tmp_path / "out-a.parquet/articles").iterdir())) > 2


def test_parquet_out_has_the_documented_schema_and_the_same_rows(archive, tmp_path, command):
    label(archive, tmp_path / "lines")
    result = command("label_archive", archive, tmp_path / "table", "--part-megabytes", 0.01)
    assert result.returncode == 0, result.stderr
    table = pyarrow.dataset.dataset(tmp_path / "table/articles").to_table()
    labels = Labeller.load().labels.names
    assert table.schema == schema(labels)
    assert table.to_pylist() == rows(tmp_path / "lines")
    documented = (ROOT / "docs/archives.md").read_text()
    names = [field.name for field in table.schema] + [
        "label",
        "confidence",
        "certain",
        "also",
        "speakers",
        "name",
        "kind",
        *labels,
    ]
    assert [name for name in names if f"`{name}`" not in documented] == []
    assert [name for name in FIELDS if f"`{name}`" not in documented] == []


def test_pages_of_a_web_archive_are_labelled_and_everything_else_in_it_is_passed_over(tmp_path):
    records = [record(f"http://news{i % 2}.example/{i}", page(i)) for i in range(12)]
    records.insert(3, record("http://news.example/404", page(), 404))
    records.insert(4, record("http://news.example/pdf", b"%PDF", content_type="application/pdf"))
    records.insert(
        5,
        record(
            "http://news.example/old", page().decode().encode("cp1252"), content_type="text/html; charset=windows-1252"
        ),
    )
    (tmp_path / "a.warc.gz").write_bytes(b"".join(map(gzip.compress, records)))
    (tmp_path / "a.warc").write_bytes(b"".join(records))
    label(tmp_path / "a.warc.gz", tmp_path / "out")
    label(tmp_path / "a.warc", tmp_path / "out2", part_bytes=5000)
    found = rows(tmp_path / "out")
    assert [row["id"] for row in found][:4] == [
        *(f"http://news{i % 2}.example/{i}" for i in range(3)),
        "http://news.example/old",
    ]
    assert len(found) == 13
    assert (found[0]["date"], found[0]["outlet"]) == ("2026-03-04", "news0.example")
    assert found[3]["shares"] == found[0]["shares"]
    assert rows(tmp_path / "out2") == found
    assert len(list((tmp_path / "out2/articles").iterdir())) > 2


def test_a_page_sent_in_chunks_is_joined(tmp_path):
    whole = page()
    chunks = b"".join(
        b"%x\r\n%s\r\n" % (len(whole[at : at + 47]), whole[at : at + 47]) for at in range(0, len(whole), 47)
    )
    plain = record("http://news.example/1", whole)
    chunked = record("http://news.example/1", chunks + b"0\r\n\r\n").replace(
        b"Content-Length: %d\r\n\r\n" % (len(chunks) + 5), b"Transfer-Encoding: chunked\r\n\r\n"
    )
    size = len(chunked.split(b"\r\n\r\n", 1)[1]) - 4
    chunked = re.sub(rb"(response\r\nContent-Length: )\d+", rb"\g<1>%d" % size, chunked)
    for name, content in (("plain", plain), ("chunked", chunked)):
        (tmp_path / f"{name}.warc").write_bytes(content)
        assert label(tmp_path / f"{name}.warc", tmp_path / name).articles == 1
    assert rows(tmp_path / "chunked") == rows(tmp_path / "plain")


@pytest.mark.parametrize(
    ("cut", "reason"), [(-40, "the file ends within this record"), (None, "the file ends within this record")]
)
def test_a_web_archive_cut_short_loses_only_the_record_it_is_cut_in(tmp_path, cut, reason):
    members = [gzip.compress(record(f"http://news.example/{i}", page(i))) for i in range(4)]
    whole = b"".join(members)
    (tmp_path / "a.warc.gz").write_bytes(whole[:cut] if cut else whole[: len(whole) - len(members[-1]) + 6])
    totals = label(tmp_path / "a.warc.gz", tmp_path / "out", part_bytes=10**6)
    assert (totals.articles, totals.rejected) == (3, 1)
    [rejected] = rows(tmp_path / "out", "rejected")
    assert reason in rejected["reason"]
    assert rejected["place"] == f"byte {len(whole) - len(members[-1])}"


def test_a_page_whose_address_is_none_has_no_outlet(tmp_path):
    (tmp_path / "a.warc").write_bytes(record("http://[news.example/", page()))
    assert label(tmp_path / "a.warc", tmp_path / "out").articles == 1
    assert rows(tmp_path / "out")[0]["outlet"] is None


def test_a_web_archive_cut_within_the_header_of_a_record_says_so(tmp_path):
    records = [record(f"http://news.example/{i}", page(i)) for i in range(3)]
    (tmp_path / "a.warc").write_bytes(b"".join(records)[: -len(records[2]) + 60])
    totals = label(tmp_path / "a.warc", tmp_path / "out")
    assert (totals.articles, totals.rejected) == (2, 1)
    assert "the file ends within this record" in rows(tmp_path / "out", "rejected")[0]["reason"]


def test_a_web_archive_damaged_within_says_from_where_on_it_was_not_read(tmp_path):
    members = [gzip.compress(record(f"http://news.example/{i}", page(i))) for i in range(4)]
    broken = bytearray(members[2])
    broken[30] ^= 0xFF
    (tmp_path / "a.warc.gz").write_bytes(members[0] + members[1] + bytes(broken) + members[3])
    totals = label(tmp_path / "a.warc.gz", tmp_path / "out", part_bytes=10**6)
    assert (totals.articles, totals.rejected) == (2, 1)
    assert rows(tmp_path / "out", "rejected")[0]["reason"].startswith("damaged from the record after this on")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"{broken\n", "no JSON"),
        (b'{"text": "caf\xe9"}\n', "not UTF-8 at byte 13"),
        (b"[1]\n", "not a JSON object"),
        (b"[" * 100_000 + b"\n", "no JSON: maximum recursion depth exceeded"),
        ({"id": "x"}, "exactly one of paragraphs, text and html; this has none"),
        ({"id": "x", "text": "a", "html": "b"}, "this has text and html"),
        ({"id": "x", "text": ["a"]}, "text must be a string"),
        ({"id": "x", "paragraphs": [1]}, "paragraphs must be a list of strings"),
        ({"id": "x", "text": " \n "}, "no text"),
        ({"id": "x", "html": "<p></p>"}, "no text"),
        ({"id": "x", "html": "<p>" + "x" * 50_000_000}, "50,000,003 bytes; an article may have at most 10,000,000"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 99 else "",
)
def test_a_bad_record_goes_to_the_side_file_and_the_others_are_labelled(tmp_path, row, reason):
    source = write_lines(tmp_path / "in.jsonl", [article(0), row, article(1)])
    totals = label(source, tmp_path / "out", part_bytes=10**9)
    assert (totals.articles, totals.rejected) == (2, 1)
    [rejected] = rows(tmp_path / "out", "rejected")
    assert reason in rejected["reason"]
    assert rejected["input"] == str(source)
    assert rejected["id"] == (row["id"] if isinstance(row, dict) else None)


def test_an_article_that_the_model_stumbles_over_goes_to_the_side_file_too(tmp_path, monkeypatch):
    label_it = Labeller.label

    def stumbling(self, paragraphs, **options):
        if "stumble" in paragraphs[0]:
            raise IndexError("list index out of range")
        return label_it(self, paragraphs, **options)

    monkeypatch.setattr(Labeller, "label", stumbling)
    source = write_lines(tmp_path / "in.jsonl", [article(0), {"id": "b", "paragraphs": ["stumble"]}, article(1)])
    totals = label(source, tmp_path / "out")
    assert (totals.articles, totals.rejected) == (2, 1)
    [rejected] = rows(tmp_path / "out", "rejected")
    assert rejected["id"] == "b"
    assert rejected["reason"] == "a fault of Sayso (IndexError); please report it with this article"


@pytest.mark.parametrize("format", ["jsonl", "parquet"])
def test_text_that_no_utf_8_can_hold_is_labelled_and_written_without_it(tmp_path, format):
    half = b'{"id": "\\ud800", "date": "\\ud800", "text": "It rained, said Mara\\ud800 Dunne of Veltry."}\n'
    source = write_lines(tmp_path / "in.jsonl", [b"\xef\xbb\xbf", article(0), half])
    with ThreadPoolExecutor(1) as executor:
        totals = Archive([str(source)], str(tmp_path / "out"), format=format).run(executor, 1)
    assert (totals.articles, totals.rejected) == (2, 0)
    last = list(rows_of(str(tmp_path / "out")))[-1]
    assert (last["id"], last["date"], last["sources"][0]["name"]) == ("?", "?", "Mara? Dunne of Veltry")


def test_an_article_without_id_is_named_by_file_and_place(tmp_path):
    label(write_lines(tmp_path / "in.jsonl", [{"text": "It rained."}]), tmp_path / "out")
    assert rows(tmp_path / "out")[0]["id"] == "in.jsonl#byte-0"


def test_an_id_that_came_before_is_labelled_and_listed(tmp_path):
    totals = label(
        write_lines(tmp_path / "in.jsonl", [article(n % 3) for n in range(5)]), tmp_path / "out", part_bytes=400
    )
    assert (totals.articles, totals.duplicates) == (5, 2)
    listed = [json.loads(line) for line in (tmp_path / "out/duplicates.jsonl").read_text().splitlines()]
    assert listed == [{"row": 3, "id": "a0"}, {"row": 4, "id": "a1"}]


def test_compressed_lines_cut_short_are_labelled_up_to_there(tmp_path):
    content = gzip.compress(b"".join(json.dumps(article(n)).encode() + b"\n" for n in range(400)))
    (tmp_path / "a.jsonl.gz").write_bytes(content[: len(content) * 3 // 4])
    totals = label(tmp_path / "a.jsonl.gz", tmp_path / "out")
    assert 100 < totals.articles < 400
    assert [row["reason"][:21] for row in rows(tmp_path / "out", "rejected")] == ["the file is cut short"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.parquet", b"nonsense", "is no Parquet file, or is cut short"),
        ("a.doc", b"", "cannot tell what this is; expected .jsonl"),
        ("gone.jsonl", None, "no such file"),
        ("empty.jsonl", b"", "the input is empty"),
        ("a.warc", b"nonsense", "is no WARC file, or is cut short within its first record"),
        (
            "whole.warc.gz",
            gzip.compress(record("http://a.example/1", page()) + record("http://a.example/2", page())),
            "is compressed as a whole, not record by record",
        ),
    ],
)
def test_an_input_that_cannot_be_read_is_named(tmp_path, command, name, content, reason):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    result = command("label_archive", tmp_path / name, tmp_path / "out")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("error: ")
    assert reason in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_row_of_a_table_that_cannot_be_decoded_is_rejected_alone(tmp_path):
    dates = pa.array([1_700_000_000_000, 1_700_000_000_000_000_000, 1_700_000_000_000], pa.timestamp("ms"))
    table = pa.table({"id": ["1", "2", "3"], "text": ["It rained, the mayor said."] * 3, "date": dates})
    pq.write_table(table, tmp_path / "a.parquet")
    totals = label(tmp_path / "a.parquet", tmp_path / "out")
    assert (totals.articles, totals.rejected) == (2, 1)
    [rejected] = rows(tmp_path / "out", "rejected")
    assert rejected["place"] == "row 1"
    assert "holds a value that cannot be read" in rejected["reason"]


def test_a_table_without_text_is_refused_until_its_column_is_named(tmp_path):
    pq.write_table(pa.table({"id": ["1"], "body": ["It rained, the mayor said."]}), tmp_path / "a.parquet")
    with pytest.raises(ValueError, match="none of the columns paragraphs, text, html; it has id, body"):
        label(tmp_path / "a.parquet", tmp_path / "out")
    assert label(tmp_path / "a.parquet", tmp_path / "out", fields={"text": "body"}).articles == 1


def test_another_run_in_the_same_folder_is_refused(archive, tmp_path):
    label(archive, tmp_path / "out")
    with pytest.raises(ValueError, match=r"holds another run \(part_bytes was 2000, now 3000\)"):
        label(archive, tmp_path / "out", part_bytes=3000)
    archive.write_bytes(archive.read_bytes() + b"\n")
    with pytest.raises(ValueError, match=r"inputs: .*in\.jsonl was \d+, now \d+"):
        label(archive, tmp_path / "out")


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(archive, tmp_path, command):
    result = command("label_archive", archive, tmp_path / "out", "--dry-run", "--part-megabytes", 0.004)
    assert result.returncode == 0
    assert "4 of 4 parts to do" in result.stdout
    assert not (tmp_path / "out").exists()


def test_an_output_that_cannot_be_written_is_a_clear_error(archive, tmp_path, command):
    (tmp_path / "out").write_text("a file where the folder should be")
    result = command("label_archive", archive, tmp_path / "out")
    assert result.returncode == 1
    assert result.stderr.startswith("error: ")
    assert "out" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_full_disk_is_a_clear_error_and_what_is_finished_stays(tmp_path):
    """A limit on the size of files stands in for the disk: writing fails in mid-part just so."""
    source = write_lines(
        tmp_path / "in.jsonl", [article(n) for n in range(10)] + [{**article(n), "id": "x" * 9000} for n in range(3)]
    )

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (12_000, 12_000))

    arguments = [
        sys.executable,
        ROOT / "scripts/label_archive.py",
        source,
        tmp_path / "out",
        "--format",
        "jsonl",
        "--workers",
        "1",
    ]
    arguments += ["--part-megabytes", "0.002"]
    failed = subprocess.run(arguments, preexec_fn=limit, capture_output=True, text=True, timeout=60)
    assert failed.returncode == 1
    assert "error: [Errno 27] File too large" in failed.stderr
    assert "Traceback" not in failed.stderr
    kept = contents(tmp_path / "out")
    assert kept
    assert not any("/." in name for name in kept)
    assert subprocess.run(arguments, capture_output=True, timeout=60).returncode == 0
    assert kept.items() <= contents(tmp_path / "out").items()
    assert len(rows(tmp_path / "out")) == 13


@pytest.mark.parametrize("format", ["jsonl", "parquet"])
def test_a_full_disk_of_its_own_is_a_clear_error_and_the_run_goes_on_once_there_is_room(
    tmp_path, archive, command, format
):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=36k", "tmpfs", disk]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        arguments = ("label_archive", archive, disk / "out", "--format", format, "--part-megabytes", 0.001)
        failed = command(*arguments)
        kept = contents(disk / "out")
        subprocess.run(["mount", "-o", "remount,size=9m", disk], check=True)
        resumed = command(*arguments)
        found = list(rows_of(str(disk / "out")))
        assert kept.items() <= contents(disk / "out").items()
    finally:
        subprocess.run(["umount", disk], check=True)
    assert (failed.returncode, resumed.returncode) == (1, 0)
    assert "No space left on device" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert kept
    assert not any("/." in name for name in kept)
    assert [row["id"] for row in found] == [f"a{number}" for number in range(40)]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_was_stopped_goes_on_without_loss_or_repetition(tmp_path, how):
    source = write_lines(tmp_path / "in.jsonl", [article(number) for number in range(400)])
    label(source, tmp_path / "whole", part_bytes=4000)
    arguments = [sys.executable, ROOT / "scripts/label_archive.py", source, tmp_path / "out", "--format", "jsonl"]
    arguments += ["--part-megabytes", "0.004", "--workers", "2"]
    run = subprocess.Popen(
        arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    wait_for(lambda: len(list((tmp_path / "out/articles").glob("part-*"))) >= 4)
    run.send_signal(how)
    assert "Traceback" not in run.communicate(timeout=60)[1]
    assert run.returncode == (130 if how == signal.SIGINT else -signal.SIGKILL)
    wait_for(lambda: no_process_of(run.pid))
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out/articles").glob("part-*")}
    assert len(before) < len(list((tmp_path / "whole/articles").iterdir()))
    assert subprocess.run(arguments, capture_output=True, timeout=60).returncode == 0
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")
    assert all(path.stat().st_mtime_ns == written for path, written in before.items())


def test_input_and_output_may_be_anything_that_fsspec_opens(archive):
    memory = fsspec.filesystem("memory")
    memory.pipe("/news/in.jsonl", archive.read_bytes())
    with ThreadPoolExecutor(1) as executor:
        totals = Archive(["memory://news/*.jsonl"], "memory://labels", part_bytes=9000).run(executor, 1)
    assert totals.articles == 40
    assert len(memory.glob("/labels/articles/part-*.parquet")) > 1


def test_a_cluster_that_loses_a_worker_gives_what_one_machine_gives_and_without_scheduler_a_clear_error(
    tmp_path, cluster
):
    source = write_lines(tmp_path / "in.jsonl", [article(number) for number in range(400)])
    label(source, tmp_path / "whole", part_bytes=4000)

    def start(out: str) -> subprocess.Popen[str]:
        arguments = [sys.executable, ROOT / "scripts/label_archive.py", source, tmp_path / out, "--format", "jsonl"]
        arguments += ["--part-megabytes", "0.004", "--scheduler", cluster.address]
        run = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        wait_for(lambda: len(list((tmp_path / out / "articles").glob("part-*"))) >= 2 or run.poll() is not None)
        return run

    run = start("out")
    cluster.workers[0].send_signal(signal.SIGKILL)
    _, errors = run.communicate(timeout=60)
    assert run.returncode == 0, errors
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")

    run = start("lost")
    cluster.scheduler.send_signal(signal.SIGKILL)
    _, errors = run.communicate(timeout=60)
    assert run.returncode == 1
    assert errors.rpartition("error: ")[2].startswith("lost the scheduler")
    assert "Traceback" not in errors
    label(source, tmp_path / "lost", part_bytes=4000)
    assert contents(tmp_path / "lost") == contents(tmp_path / "whole")

    gone = start("never")
    assert "Timed out trying to connect" in gone.communicate(timeout=60)[1]


def test_a_result_that_is_lost_with_the_scheduler_is_not_waited_for():
    async def fetch() -> None:
        raise CommClosedError

    with ThreadPoolExecutor(1) as thread:  # of the event loop, as the client of Dask has one
        loop = SimpleNamespace(add_callback=lambda callback: thread.submit(asyncio.run, callback()))
        client = SimpleNamespace(submit=lambda *_, **__: fetch(), loop=loop)
        with pytest.raises(CancelledError):
            Workers(client).submit(print).result(timeout=5)


def no_process_of(session: int) -> bool:
    """Whether all processes of the session are gone: workers must not outlive the run."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            return False
    return True
