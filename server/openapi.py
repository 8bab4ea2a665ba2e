"""The OpenAPI document, made by spectree from the models that validate, with the names of the model's label set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from functools import wraps
from typing import Any, TypeVar

from flask import Flask
from pydantic import BaseModel
from spectree import Response as Responses
from spectree import SecurityScheme, SpecTree
from spectree.models import SecureType, SecuritySchemeData

from model.label_set import LabelSet
from server.schemas import ProblemBody

View = TypeVar("View", bound=Callable[..., Any])
PROBLEM = "application/problem+json"
LINES = "application/x-ndjson"
_WITH_LINES: set[str] = set()
_STATUSES: dict[str, set[int]] = {}

spec = SpecTree(
    "flask",
    mode="strict",
    validation_error_model=ProblemBody,
    annotations=False,
    title="Sayso",
    version="1",
    description="On whose say-so am I reading this? Labels each paragraph of a news article by how it is sourced.",
    naming_strategy=lambda model: model.__name__,
    nested_naming_strategy=lambda _parent, child: child,
    security_schemes=[
        SecurityScheme(name="token", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer")),
    ],
)


def documented(
    body: type[BaseModel] | None,
    answers: dict[int, type[BaseModel] | None],
    fails: Iterable[int] = (),
    *,
    also_lines: bool = False,
    tokens: str = "beyond loopback",
) -> Callable[[View], View]:
    """Put a view into the document. The view reads and checks its body itself, in one pass over the bytes."""

    def decorate(view: View) -> View:
        models = {f"HTTP_{status}": model for status, model in answers.items()}
        models |= {f"HTTP_{status}": ProblemBody for status in (*fails, 500, 503)}
        _STATUSES[view.__name__] = {*answers, *fails, 500, 503}
        registered = spec.validate(
            json=body,
            resp=Responses(**models),
            security=[{}, {"token": []}] if tokens == "beyond loopback" else [{"token": []}] if tokens else [],
            operation_id=view.__name__,
            skip_validation=True,
        )(view)

        @wraps(registered)  # spectree finds its notes along __wrapped__; its own wrapper would buffer streams
        def direct(*args: Any, **kwargs: Any) -> Any:
            return view(*args, **kwargs)

        if also_lines:
            _WITH_LINES.add(view.__name__)
        return direct  # type: ignore[return-value]

    return decorate


def document(app: Flask, labels: LabelSet) -> dict[str, Any]:
    """What spectree made, with the media types and the names of labels and sources that it cannot know."""
    with app.app_context():
        made: dict[str, Any] = deepcopy(spec.spec)
    sources = [source.name for source in labels.sources]
    fill(made["components"], {"labels": labels.names, "sources": sources, "claims": sources[1:]})
    made["components"]["schemas"]["Shares"] |= {
        "properties": {name: {"title": name.replace("_", " ").title(), "type": "number"} for name in labels.names},
        "required": list(labels.names),
    }
    for operation in (operation for path in made["paths"].values() for operation in path.values()):
        if not operation["description"]:
            del operation["description"]
        del operation["tags"]
        for status, response in list(operation["responses"].items()):
            if int(status) not in _STATUSES[operation["operationId"]]:  # spectree adds a 422 to every operation
                del operation["responses"][status]
                continue
            content = response.get("content", {})
            if int(status) >= 400:
                content[PROBLEM] = content.pop("application/json")
            elif operation["operationId"] in _WITH_LINES and content:
                content[LINES] = lines_of("Answer", "ProblemBody")
        if operation["operationId"] in _WITH_LINES:
            operation["requestBody"]["content"][LINES] = lines_of("Article")
    return made


def fill(schema: Any, names: Mapping[str, Sequence[str]]) -> None:
    """Put names where an enumeration asks for them, as those of `schemas` do."""
    if isinstance(schema, dict):
        if isinstance(schema.get("enum"), str):
            schema["enum"] = list(names[schema["enum"]])
        schema = list(schema.values())
    for inner in schema if isinstance(schema, list) else ():
        fill(inner, names)


def lines_of(*models: str) -> dict[str, Any]:
    """OpenAPI 3.1 describes JSON lines as text; the schema of a line goes into the description."""
    return {"schema": {"type": "string", "description": f"JSON lines, each one {' or '.join(models)}."}}
