"""Prometheus metrics, summed over all workers. What they tell apart is never text, a token or an address."""

from __future__ import annotations

import time

from flask import Blueprint, Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from model.labels import ArticleLabels

REQUESTS = Counter("sayso_requests", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram(
    "sayso_request_seconds",
    "Time until the answer's first byte.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
PARAGRAPHS = Counter("sayso_paragraphs", "Paragraphs labelled.", ["label"])
WORDS = Counter("sayso_words", "Words of statements labelled.")

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
def metrics() -> Response:
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def count_labels(labels: ArticleLabels) -> None:
    counts: dict[str, int] = {}
    for paragraph in labels.paragraphs:
        name: str = paragraph.label or "none"
        counts[name] = counts.get(name, 0) + 1
    for name, count in counts.items():
        PARAGRAPHS.labels(name).inc(count)
    WORDS.inc(labels.summary.words)


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def count(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "unknown"
        method = request.method if request.method in ("GET", "HEAD", "POST", "DELETE", "OPTIONS") else "other"
        REQUESTS.labels(method, route, response.status_code).inc()
        SECONDS.labels(route).observe(time.perf_counter() - g.started)
        return response
