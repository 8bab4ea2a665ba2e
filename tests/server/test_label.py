"""POST /v1/label as a caller sees it."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import re
import socket
import textwrap
import zlib
from pathlib import Path

import pytest
from live import ROOT, Server
from problems import assert_problem

PAGES = Path(__file__).parents[3] / "shared/pages"
LINES = {"Content-Type": "application/x-ndjson"}


def labels_of(answer):
    assert answer.status == 200, answer.body
    return [paragraph["label"] for paragraph in answer.json()["paragraphs"]]


def test_paragraphs_text_and_html_get_the_same_labels(server: Server, article):
    from_paragraphs = labels_of(server.post("/v1/label", {"paragraphs": article}))
    assert labels_of(server.post("/v1/label", {"text": "\n\n".join(article)})) == from_paragraphs
    assert labels_of(server.post("/v1/label", {"text": "\n".join(article)})) == from_paragraphs
    body = "".join(f"<p>{paragraph}</p>" for paragraph in article[1:])
    page = f"<html><body><nav>Home News</nav><article><h1>{article[0]}</h1>{body}</article></body></html>"
    answer = server.post("/v1/label", {"html": page})
    labels = dict(zip(article, from_paragraphs, strict=True))
    assert {p["text"]: p["label"] for p in answer.json()["paragraphs"]} == labels


def test_hard_wrapped_text_is_joined_again(server: Server, article):
    wrapped = "\n\n".join(textwrap.fill(paragraph, 72) for paragraph in article)
    answer = server.post("/v1/label", {"text": wrapped})
    assert [paragraph["text"] for paragraph in answer.json()["paragraphs"]] == article


def test_a_cue_and_its_speaker_are_where_the_offsets_say(server: Server, article):
    answer = server.post("/v1/label", {"paragraphs": article, "offsets": "codepoint"}).json()
    speakers = [s["speaker"] for p in answer["paragraphs"] for s in p["sentences"] if s["speaker"]]
    assert speakers
    for speaker in speakers:
        assert article[speaker["paragraph"]][speaker["start"] : speaker["end"]] == speaker["text"]


@pytest.mark.parametrize(
    "lead", ["", "🌊 ", "🧑‍🚒🧑‍🚒 ", "é̈ n̂ ", "𝒲 "], ids=["plain", "emoji", "joined emoji", "marks", "script"]
)
def test_offsets_count_utf16_units_unless_code_points_are_asked_for(server: Server, lead: str):
    text = f"{lead}The wall held for five hours, Eskil Bratland said on Tuesday."

    def spans(offsets):
        (paragraph,) = server.post("/v1/label", {"paragraphs": [text], "offsets": offsets}).json()["paragraphs"]
        return [(c["start"], c["end"]) for s in paragraph["sentences"] for c in [s, *s["cues"], s["speaker"]]]

    units = text.encode("utf-16-le")
    by_unit = [units[2 * start : 2 * end].decode("utf-16-le") for start, end in spans("utf-16")]
    by_point = [text[start:end] for start, end in spans("codepoint")]
    assert by_unit == by_point
    assert "said" in by_unit
    assert "Eskil Bratland" in by_unit


def test_reasons_come_only_when_asked_for(server: Server, article):
    plain = server.post("/v1/label", {"paragraphs": article}).json()
    explained = server.post("/v1/label", {"paragraphs": article, "explain": True}).json()
    assert all("reasons" not in s for p in plain["paragraphs"] for s in p["sentences"])
    assert any(s["reasons"] for p in explained["paragraphs"] for s in p["sentences"])


def test_blank_paragraphs_keep_their_place_and_have_no_label(server: Server):
    answer = server.post("/v1/label", {"paragraphs": ["", "The court fined the firm, police said.", "  "]}).json()
    assert [(p["index"], p["label"]) for p in answer["paragraphs"]] == [(0, None), (1, "attributed_claim"), (2, None)]


def test_another_language_is_refused_by_name(server: Server):
    french = "Le président a déclaré mardi que la guerre serait bientôt finie, selon un communiqué."
    assert_problem(server.post("/v1/label", {"text": french}), 422, "unsupported-language", says="'fr'")


def test_a_hostile_page_is_only_text(server: Server):
    paragraph = (
        "<p>The mayor &lt;script&gt;alert(1)&lt;/script&gt; apologised to the families on Friday, she said.</p>" * 3
    )
    page = f"<img src=x onerror=alert(1)><article>{paragraph}</article><iframe src='file:///etc/passwd'>"
    answer = server.post("/v1/label", {"html": page})
    assert answer.headers["Content-Type"] == "application/json"
    assert "passwd" not in answer.body.decode()


def test_a_page_without_an_article_is_refused(server: Server):
    assert_problem(server.post("/v1/label", {"html": "<html><script>1</script></html>"}), 422, "no-article")


def test_each_line_is_answered_by_a_line_in_order(server: Server, article):
    good = json.dumps({"paragraphs": article})
    body = "\n".join([good, "nonsense", "", '{"text": " "}', '{"text": 3}', good]).encode()
    answer = server.post("/v1/label", data=body, headers=LINES)
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.body.splitlines()]
    assert [line.get("status", 200) for line in lines] == [200, 400, 422, 422, 200]
    assert lines[3]["errors"] == [{"pointer": "/text", "detail": "/text: Input should be a valid string."}]
    assert lines[0] == server.post("/v1/label", {"paragraphs": article}).json() == lines[4]


def test_lines_are_answered_while_the_rest_is_still_to_come(server: Server):
    line = json.dumps({"text": "The mayor apologised, police said. " * 250}).encode() + b"\n"
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.putrequest("POST", "/v1/label")
    connection.putheader("Content-Type", "application/x-ndjson")
    connection.putheader("Content-Length", str(4 * len(line)))
    connection.endheaders(3 * line)
    with contextlib.closing(connection), connection.getresponse() as response:
        assert json.loads(response.readline())["summary"]["words"] > 1000
        connection.send(line)
        assert [json.loads(rest)["summary"]["words"] > 1000 for rest in response] == [True] * 3


@pytest.mark.parametrize("chunked", [True, False], ids=["chunked", "of known length"])
@pytest.mark.parametrize("packed", [True, False], ids=["gzip", "plain"])
def test_a_short_line_is_answered_before_the_next_one_is_sent(server: Server, chunked: bool, packed: bool):
    packer = zlib.compressobj(wbits=31)

    def encoded(line: bytes) -> bytes:
        return packer.compress(line) + packer.flush(zlib.Z_SYNC_FLUSH) if packed else line

    lines = [encoded(b'{"text": "The ferry stops, she said."}\n') for _ in range(3)] + [packer.flush() * packed]
    unpacker = zlib.decompressobj(wbits=31)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.putrequest("POST", "/v1/label", skip_accept_encoding=True)
    connection.putheader("Content-Type", "application/x-ndjson")
    if packed:
        connection.putheader("Content-Encoding", "gzip")
        connection.putheader("Accept-Encoding", "gzip")
    if chunked:
        connection.putheader("Transfer-Encoding", "chunked")
    else:
        connection.putheader("Content-Length", str(sum(map(len, lines))))
    connection.endheaders()
    with contextlib.closing(connection):
        response = None
        for line in lines[:3]:
            connection.send(b"%x\r\n%s\r\n" % (len(line), line) if chunked else line)
            response = response or connection.getresponse()
            answer = b""
            while not answer.endswith(b"\n"):
                piece = response.read1()
                assert piece
                answer += unpacker.decompress(piece) if packed else piece
            assert json.loads(answer)["summary"]["words"] == 5
        connection.send(end(lines[3]) if chunked else lines[3])
        assert not unpacker.decompress(response.read())
        response.close()


def end(last: bytes) -> bytes:
    return (b"%x\r\n%s\r\n" % (len(last), last) if last else b"") + b"0\r\n\r\n"


def test_two_requests_sent_at_once_on_one_connection_are_both_answered(server: Server):
    body = b'{"text": "The ferry stops, she said."}'
    head = f"POST /v1/label HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Type: application/json\r\n"
    request = head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(2 * request)
        received = b""
        while received.count(b'"summary"') < 2:
            piece = connection.recv(65536)
            assert piece, received
            received += piece
    assert received.count(b"HTTP/1.1 200") == 2


def test_a_stream_broken_in_the_middle_ends_with_a_problem(server: Server):
    packed = gzip.compress(b'{"text": "The mayor apologised."}\n' * 500)
    answer = server.post("/v1/label", data=packed[:-20], headers=LINES | {"Content-Encoding": "gzip"})
    assert json.loads(answer.body.splitlines()[-1])["type"] == "urn:sayso:problem:not-gzip"


def test_gzip_goes_both_ways(server: Server, article):
    plain = server.post("/v1/label", {"paragraphs": article})
    body = gzip.compress(json.dumps({"paragraphs": article}).encode())
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip", "Accept-Encoding": "gzip"}
    packed = server.post("/v1/label", data=body, headers=headers)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.body) < len(plain.body) / 3
    assert gzip.decompress(packed.body) == plain.body
    stream = server.post("/v1/label", data=gzip.compress(b'{"text": "A bus fell."}\n' * 3), headers=headers | LINES)
    assert len(gzip.decompress(stream.body).splitlines()) == 3
    file = server.get("/static/page.js", headers={"Accept-Encoding": "gzip"})
    assert int(file.headers.get("Content-Length", len(file.body))) == len(file.body)
    assert gzip.decompress(file.body) == (ROOT / "server/static/page.js").read_bytes()


def test_a_small_body_that_unpacks_to_a_huge_one_is_refused(server: Server):
    body = gzip.compress(b" " * 200_000_000, compresslevel=1)
    for kind in ("application/json", "application/x-ndjson"):
        headers = {"Content-Type": kind, "Content-Encoding": "gzip"}
        answer = server.post("/v1/label", data=body, headers=headers)
        if kind == "application/json":
            assert_problem(answer, 413, "too-large", says="5,000,000 bytes")
        else:
            assert json.loads(answer.body)["type"] == "urn:sayso:problem:too-large"


def test_the_etag_changes_with_text_and_options_and_spares_the_work(server: Server):
    first = server.post("/v1/label", {"text": "The bridge is open."})
    again = server.post("/v1/label", {"text": "The bridge is open."}, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status == 304
    assert again.body == b""
    assert again.headers["ETag"] == first.headers["ETag"]
    others = [{"text": "The bridge is shut."}, {"text": "The bridge is open.", "explain": True}]
    assert first.headers["ETag"] not in [server.post("/v1/label", other).headers["ETag"] for other in others]


def test_the_model_tells_its_manifest_and_card(server: Server):
    model = server.get("/v1/model").json()
    assert (model["name"], model["version"]) == (model["manifest"]["name"], model["manifest"]["version"])
    answer = server.post("/v1/label", {"text": "The bridge is open."}).json()
    assert answer["model"] == {"name": model["name"], "version": model["version"]}


@pytest.mark.skipif(not PAGES.is_dir(), reason="needs ../shared/pages")
def test_the_article_of_saved_pages_is_found(server: Server):
    """Of the paragraphs that a reader would call the article, nine of ten."""
    found = wanted = 0
    for page in sorted(PAGES.glob("*.html")):
        answer = server.post("/v1/label", {"html": page.read_text(errors="replace")})
        if answer.status == 422:
            assert answer.json()["type"] == "urn:sayso:problem:unsupported-language", page.name
            continue
        text = squeezed(" ".join(paragraph["text"] for paragraph in answer.json()["paragraphs"]))
        lines = [
            squeezed(line) for line in page.with_suffix(".paragraphs.txt").read_text().splitlines() if line.strip()
        ]
        found += sum(line in text for line in lines)
        wanted += len(lines)
    assert found >= 0.9 * wanted, f"{found} of {wanted}"


def squeezed(text: str) -> str:
    return re.sub(r"\W", "", text)
