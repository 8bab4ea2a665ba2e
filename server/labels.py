"""POST /v1/label and GET /v1/model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Any

from flask import Blueprint, Response, current_app, g, request, stream_with_context
from pydantic_core import to_json
from werkzeug.exceptions import HTTPException

from model import Labeller
from model.card import without_pictures
from model.language import detect
from server import bodies, limits, metrics
from server.answers import answer
from server.html import extract_paragraphs
from server.openapi import documented
from server.problems import Problem, problem_of
from server.schemas import Answer, Article, ModelCard
from server.settings import Settings
from server.text import split_paragraphs

JSON, LINES = "application/json", "application/x-ndjson"
blueprint = Blueprint("labels", __name__, url_prefix="/v1")


@blueprint.post("/label")
@documented(Article, {200: Answer}, fails=(400, 401, 403, 406, 408, 413, 415, 422, 429), also_lines=True)
def label() -> Response:
    """Label an article

    The body is one article, or, as application/x-ndjson, one a line; then each line is answered by a line, an answer
    or a problem, in order, while the rest is still being read. The ETag tells article, options and model apart.
    """
    mimetype = bodies.check_mimetype([JSON, LINES])
    bodies.check_accepted(mimetype)
    if mimetype == LINES:
        return Response(stream_with_context(label_lines(bodies.read_lines())), mimetype=LINES)
    article = Article.model_validate_json(bodies.read())
    etag = etag_of(article)
    if request.if_none_match.contains_weak(etag):
        response = Response(status=304)
    else:
        response = Response(to_json(label_article(article)), mimetype=JSON)
    response.set_etag(etag, weak=True)
    return response


@blueprint.get("/model")
@documented(None, {200: ModelCard}, fails=(401, 403, 406))
def model() -> Response:
    """Which model labels here, what it was trained on and how well it does"""
    bodies.check_accepted(JSON)
    labeller: Labeller = current_app.extensions["labeller"]
    told = {
        "name": labeller.name,
        "version": labeller.version,
        "manifest": labeller.manifest,
        "card": without_pictures(labeller.card),
    }
    return Response(to_json(told), mimetype=JSON)


def label_lines(lines: Iterable[bytes]) -> Iterator[bytes]:
    """An answer or a problem for each line; a fault of the body as a whole is the last line."""
    try:
        for line in lines:
            try:
                answered = label_article(Article.model_validate_json(line))
            except Exception as error:
                answered = problem_of(error).body()
            yield to_json(answered) + b"\n"
    except (Problem, HTTPException) as error:
        yield to_json(problem_of(error).body()) + b"\n"


def label_article(article: Article) -> dict[str, Any]:
    """Raises Problem 422 for what cannot be labelled, 429 for what is over the caller's limit."""
    labeller: Labeller = current_app.extensions["labeller"]
    paragraphs = checked(paragraphs_of(article), current_app.extensions["settings"])
    words = sum(len(paragraph.split()) for paragraph in paragraphs)
    g.words = g.get("words", 0) + words
    limits.charge(words)
    known = labeller.manifest["language"]
    language = detect(paragraphs, known)
    if language != known:
        detail = f"The text seems to be in the language {language!r}; the model {labeller.name} knows {known!r} alone."
        raise Problem(422, "unsupported-language", detail)
    labels = labeller.label(paragraphs, explain=article.explain)
    metrics.count_labels(labels)
    return {
        "model": {"name": labeller.name, "version": labeller.version},
        "language": language,
        "offsets": article.offsets,
        **answer(
            labels,
            paragraphs,
            utf16=article.offsets == "utf-16",
            explain=article.explain,
            with_text=article.paragraphs is None,
        ),
    }


def paragraphs_of(article: Article) -> list[str]:
    if article.paragraphs is not None:
        return article.paragraphs
    if article.text is not None:
        return split_paragraphs(article.text)
    paragraphs = extract_paragraphs(article.html or "")
    if not paragraphs:
        raise Problem(422, "no-article", "No article was found on the page. Send its paragraphs instead.")
    return paragraphs


def checked(paragraphs: list[str], limits: Settings) -> list[str]:
    if not any(paragraph.strip() for paragraph in paragraphs):
        raise Problem(422, "no-text", "The article holds no text: every paragraph is blank, or there is none.")
    if len(paragraphs) > limits.max_paragraphs:
        detail = f"The article has {len(paragraphs):,} paragraphs; the most is {limits.max_paragraphs:,}."
        raise Problem(422, "too-long", detail)
    if (total := sum(map(len, paragraphs))) > limits.max_characters:
        raise Problem(422, "too-long", f"The article has {total:,} characters; the most is {limits.max_characters:,}.")
    for index, paragraph in enumerate(paragraphs):
        if len(paragraph) > limits.max_paragraph_characters:
            size, most = len(paragraph), limits.max_paragraph_characters
            detail = f"Paragraph {index} has {size:,} characters; the most is {most:,}. Split it."
            raise Problem(422, "too-long", detail, errors=[{"pointer": f"/paragraphs/{index}", "detail": detail}])
    return paragraphs


def etag_of(article: Article) -> str:
    """Changes with the article, the options and the model."""
    labeller: Labeller = current_app.extensions["labeller"]
    digest = blake2b(labeller.manifest["file"]["sha256"].encode(), digest_size=16)
    digest.update(to_json(article))
    return digest.hexdigest()
