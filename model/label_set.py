"""The label set: which sources and labels there are, and the codes of corpora that stand for them. It is data."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NO_STATEMENT = "X"  # the code of a sentence that is none, in every label set

# What each field must be, as a pattern of its JSON and in words.
_WORD = r'"[a-z][a-z0-9_]*"', "a word of small letters, digits and underscores"
_FIELDS = {
    "code": (r'"[A-Z]"', "a capital letter"),
    "name": _WORD,
    "label": _WORD,
    "speaker": (r'"named"|"unnamed"', '"named" or "unnamed"'),
    "rare": (r"true|false", "true or false"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """Who may vouch for a sentence: its code in corpora, the label of a paragraph of such, its name in answers.

    `speaker` is the kind of mention that speaks, "named" or "unnamed"; None: the outlet itself. Of a `rare` source
    corpora hold few examples, so they count for more in training.
    """

    code: str
    label: str
    name: str = "none"
    speaker: str | None = None
    rare: bool = False


class LabelSet:
    """What `labels.json` in the folder of a language says, and the manifest of a model keeps:

        {"sources": [{"code": "N", "label": "reported_fact"},
                     {"code": "A", "label": "attributed_claim", "name": "named", "speaker": "named"}, …],
         "forecast": {"code": "F", "label": "forecast"}}

    The first source is the outlet itself, "none" in answers. The others make claims, those that are hardest to look up
    last: where two have the same share of a paragraph, the later gives the label. A set may do without "forecast".

    Raises ValueError, naming the part that is wrong.
    """

    def __init__(self, row: Any) -> None:
        _check_set(row)
        self.row = row
        self.sources = tuple([Source(**each) for each in row["sources"]])
        self.label_of = {source.name: source.label for source in self.sources}
        self.claims = tuple([source.label for source in self.sources[1:]])
        self.names: tuple[str, ...] = tuple([part["label"] for part in _parts(row)])  # of all labels
        self.forecast: str | None = self.names[-1] if "forecast" in row else None
        # What each code says: the name of the source, None for no statement, and whether the sentence is a forecast.
        self.codes: dict[str, tuple[str | None, bool]] = {each.code: (each.name, False) for each in self.sources}
        if self.forecast:
            self.codes |= {each.code + row["forecast"]["code"]: (each.name, True) for each in self.sources}
        self.codes[NO_STATEMENT] = None, False


def read_label_set(path: Path) -> LabelSet:
    """Raises ValueError, naming the file, where it is missing or no label set."""
    try:
        return LabelSet(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} is no label set: {error}") from None


def _parts(row: dict[str, Any]) -> list[dict[str, Any]]:
    return [*row["sources"], *([row["forecast"]] if "forecast" in row else [])]


def _check_set(row: Any) -> None:
    if not isinstance(row, dict) or not isinstance(row.get("sources"), list) or row.keys() - {"sources", "forecast"}:
        raise ValueError('it must be an object with a list of "sources" and perhaps a "forecast", and nothing else')
    if len(row["sources"]) < 2:
        raise ValueError('"sources" must hold the outlet itself and at least one more')
    for number, source in enumerate(row["sources"]):
        _check(f"source {number}", source, {"code", "label"} | ({"name", "speaker"} if number else set()), {"rare"})
    if "forecast" in row:
        _check("the forecast", row["forecast"], {"code", "label"})
    taken = {"code": [NO_STATEMENT], "name": ["none"], "label": ["none"]}  # pages and metrics say so of no label
    for field, values in taken.items():
        values += [part[field] for part in _parts(row) if field in part]
        if twice := {value for value in values if values.count(value) > 1}:
            raise ValueError(f"the {field} {min(twice)!r} stands for two things")


def _check(where: str, part: Any, needed: set[str], optional: Collection[str] = ()) -> None:
    if not isinstance(part, dict):
        raise ValueError(f"{where} must be an object, not {json.dumps(part)}")
    if wrong := (part.keys() ^ needed) - (part.keys() & set(optional)):
        raise ValueError(f"{where} has {'an unknown field' if min(wrong) in part else 'no'} {min(wrong)!r}")
    for field, value in part.items():
        pattern, meant = _FIELDS[field]
        if not re.fullmatch(pattern, json.dumps(value)):
            raise ValueError(f"{where}: {field!r} must be {meant}, not {json.dumps(value)}")
