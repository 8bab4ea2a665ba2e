"""Parameters of the classifier, as commands take them: NAME=VALUE, or several values to choose among."""

from __future__ import annotations

from inspect import signature
from typing import Any

from model.classifier import SentenceClassifier

_OF_THE_RUN = ("seed", "jobs")  # what commands have options of their own for


def choices(option: str, given: list[str]) -> dict[str, list[Any]]:
    """`["folds=2,3"]` as {"folds": [2, 3]}, values of the type that the parameter has by default.

    Raises ValueError naming the option for an unknown parameter and for a value of another type.
    """
    parameters = signature(SentenceClassifier).parameters
    defaults = {name: each.default for name, each in parameters.items() if name not in _OF_THE_RUN}
    found: dict[str, list[Any]] = {}
    for each in given:
        name, _, values = each.partition("=")
        if name not in defaults:
            raise ValueError(f"{option} {each}: no parameter {name!r}; there are {', '.join(sorted(defaults))}")
        kind = type(defaults[name])
        try:
            found[name] = [kind(value) for value in values.split(",")]
        except ValueError:
            expected = f"{kind.__name__} values, such as {defaults[name]}"
            raise ValueError(f"{option} {each}: {name} takes {expected}") from None
    return found
