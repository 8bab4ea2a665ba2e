"""What the browsers talk to: a site with pages of the tests, and a wire-tap in front of the real Sayso server."""

from __future__ import annotations

import contextlib
import html
import http.client
import json
import threading
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Site:
    """Serves pages from memory on a free port; `url("/a")` is the address of one under the name news.test."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[bytes, dict[str, str]]] = {}
        self.held: dict[str, threading.Event] = {}
        self.requests: list[str] = []
        site = self

        class Handler(Quiet):
            def do_GET(self) -> None:
                site.requests.append(self.path)
                if self.path in site.held:
                    site.held[self.path].wait(20)
                body, headers = site.pages.get(self.path.split("?")[0], (b"", {}))
                self.reply(200 if body else 404, body, {"Content-Type": "text/html; charset=utf-8", **headers})

        self.server = serve(Handler)
        self.port = self.server.server_port

    def add(self, path: str, page: str | bytes, **headers: str) -> str:
        self.pages[path] = (page.encode() if isinstance(page, str) else page, headers)
        return self.url(path)

    def hold(self, path: str) -> Callable[[], None]:
        """Let everybody who asks for this wait, until the function that comes back is called."""
        self.held[path] = threading.Event()
        return self.held[path].set

    def url(self, path: str) -> str:
        return f"http://news.test:{self.port}{path}"


class WireTap:
    """Passes requests on to the real server and keeps them; `fault` may answer in its place."""

    def __init__(self, server_port: int) -> None:
        self.requests: list[tuple[str, str, dict[str, str], Any]] = []
        self.fault: Callable[[Any], tuple[int, str, bytes] | None] | None = None
        self.change: Callable[[Any], Any] | None = None
        tap = self

        class Handler(Quiet):
            def pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                sent = json.loads(body) if body else None
                tap.requests.append((self.command, self.path, dict(self.headers), sent))
                if tap.fault and (answer := tap.fault(sent)):
                    status, kind, content = answer
                    self.reply(status, content, {"Content-Type": kind})
                    return
                connection = http.client.HTTPConnection("127.0.0.1", server_port, timeout=30)
                headers = {
                    name: value
                    for name, value in self.headers.items()
                    if name.lower() not in ("host", "accept-encoding")
                }
                connection.request(self.command, self.path, body, headers)
                response = connection.getresponse()
                content = response.read()
                connection.close()
                if tap.change and self.path == "/v1/label":
                    content = json.dumps(tap.change(json.loads(content))).encode()
                self.reply(response.status, content, {"Content-Type": response.getheader("Content-Type", "")})

            do_GET = do_POST = do_DELETE = do_OPTIONS = pass_on

        self.server = serve(Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    @property
    def asked(self) -> list[list[str]]:
        """The paragraphs of each request for labels."""
        return [body["paragraphs"] for _, path, _, body in self.requests if path == "/v1/label"]

    def reset(self) -> None:
        self.requests.clear()
        self.fault = self.change = None


class Quiet(BaseHTTPRequestHandler):
    def reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(BrokenPipeError):  # the browser no longer waits
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def serve(handler: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def story(paragraphs: Sequence[str]) -> str:
    """The paragraphs as an article, the first of them its headline."""
    title, *rest = map(html.escape, paragraphs)
    text = "\n".join(f"<p>{paragraph}</p>" for paragraph in rest)
    return f"<article><h1>{title}</h1>\n{text}</article>"


def page(paragraphs: Sequence[str], **parts: str) -> str:
    """A plain news page around one article."""
    return shell(story(paragraphs), title=paragraphs[0], **parts)


def shell(body: str, *, title: str = "News", style: str = "", head: str = "", attributes: str = 'lang="en"') -> str:
    return f"""<!doctype html><html {attributes}><head><meta charset="utf-8"><title>{html.escape(title)}</title>
<meta name="viewport" content="width=device-width">{head}
<style>body {{ font: 18px/1.6 Georgia, "Liberation Serif", serif; margin: 0 auto; max-width: 38rem; padding: 1rem }}
{style}</style></head>
<body>{body}</body></html>"""


def server_labels(server: Any, paragraphs: Sequence[str]) -> list[tuple[int, str]]:
    """(index, label) of each statement, asked over HTTP."""
    answer = server.post("/v1/label", {"paragraphs": list(paragraphs)}).json()
    return [(p["index"], p["label"]) for p in answer["paragraphs"] if p["label"]]


def of_another_set(answer: Any) -> Any:
    """As a model answers that tells documents from persons."""
    told = json.dumps(answer).replace('"attributed_claim"', '"documented_claim"').replace('"named"', '"a_document"')
    return json.loads(told)
