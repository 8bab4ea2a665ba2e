"""POST /v1/label and GET /v1/model."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, request
from pydantic_core import to_json

from model import Labeller
from model.language import detect
from server import bodies
from server.answers import answer
from server.problems import Problem
from server.schemas import Article
from server.settings import Settings
from server.text import split_paragraphs

blueprint = Blueprint("labels", __name__, url_prefix="/v1")


@blueprint.post("/label")
def label() -> Response:
    article = Article.model_validate_json(bodies.read(request))
    return Response(to_json(label_article(article)), mimetype="application/json")


@blueprint.get("/model")
def model() -> Response:
    labeller: Labeller = current_app.extensions["labeller"]
    return Response(to_json({"manifest": labeller.manifest, "card": labeller.card}), mimetype="application/json")


def label_article(article: Article) -> dict[str, Any]:
    """Raises Problem 422 for what cannot be labelled."""
    labeller: Labeller = current_app.extensions["labeller"]
    paragraphs = checked(paragraphs_of(article), current_app.extensions["settings"])
    language = detect(paragraphs)
    if language != "en":
        raise Problem(
            422,
            "unsupported-language",
            f"The text seems to be in the language {language!r}; this model knows only 'en'.",
        )
    labels = labeller.label(paragraphs, explain=article.explain)
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
    raise Problem(422, "no-html", "html comes later")


def checked(paragraphs: list[str], limits: Settings) -> list[str]:
    if not any(paragraph.strip() for paragraph in paragraphs):
        raise Problem(422, "no-text", "The article holds no text: every paragraph is blank, or there is none.")
    if len(paragraphs) > limits.max_paragraphs:
        raise Problem(
            422, "too-long", f"The article has {len(paragraphs):,} paragraphs; the most is {limits.max_paragraphs:,}."
        )
    if (total := sum(map(len, paragraphs))) > limits.max_characters:
        raise Problem(422, "too-long", f"The article has {total:,} characters; the most is {limits.max_characters:,}.")
    for index, paragraph in enumerate(paragraphs):
        if len(paragraph) > limits.max_paragraph_characters:
            detail = (
                f"Paragraph {index} has {len(paragraph):,} characters; the most is {limits.max_paragraph_characters:,}."
            )
            raise Problem(422, "too-long", detail, errors=[{"pointer": f"/paragraphs/{index}", "detail": detail}])
    return paragraphs
