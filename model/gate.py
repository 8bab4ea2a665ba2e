"""Pinned floors: a model that does worse than its predecessor was promised to do is not promoted.

A floors file names evaluation sets by the digest of their articles, whatever their files are called:

    {"news-dev": {"articles": "SHA-256", "floors": {"macro_f1": 0.75, "accuracy": 0.83, "forecast": 0.6, …}}}

Floors of labels are F1, that of the worst outlet is its accuracy.
"""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from model.corpus import Article, digest_of
from model.label_set import LabelSet
from model.labeller import Labeller
from model.training import evaluate, gold_labels

SLACK = 0.01  # between what a model reaches and its floor: what a change may cost unnoticed
FEWEST = 20  # paragraphs below which an outlet's accuracy is chance


def outlet_of(article: Article) -> str:
    """The outlet that an id like `polnear-dev/usa-today_2016-…` or `nd-train/CReuters_18` names; else its folder."""
    corpus, slash, _ = article.id.partition("/")
    match = re.match(r"[A-Z]?(Reuters|Xinhua)|[A-Za-z-]+(?=_)", article.id.rpartition("/")[2])
    return (match[1] or match[0]).lower() if match else corpus if slash else "others"


def figures(labeller: Labeller, articles: Sequence[Article]) -> dict[str, float]:
    """What floors are about: macro-F1, accuracy, F1 of each label, accuracy of the worst outlet."""
    result = evaluate(labeller, articles)
    measured = {"macro_f1": result["macro_f1"], "accuracy": result["accuracy"]}
    measured |= {label: result["labels"][label]["f1"] for label in labeller.labels.names}
    outlets = [each["accuracy"] for each in by_outlet(labeller, articles).values() if each["paragraphs"] >= FEWEST]
    return {**measured, "worst_outlet": min(outlets, default=result["accuracy"])}


def by_outlet(labeller: Labeller, articles: Sequence[Article]) -> dict[str, dict[str, Any]]:
    """The figures of `evaluate` for each outlet that has a paragraph with a label, in alphabetical order."""
    outlets: dict[str, list[Article]] = defaultdict(list)
    for article in articles:
        if any(gold_labels(article, labeller.labels)):
            outlets[outlet_of(article)].append(article)
    return {name: evaluate(labeller, outlets[name]) for name in sorted(outlets)}


def read_floors(path: Path, labels: LabelSet) -> dict[str, Any]:
    """Raises ValueError where the file is no floors file, or has floors for other labels than these."""
    try:
        floors = json.loads(path.read_text(encoding="utf-8"))
        if not floors or not all(pinned["floors"] for pinned in floors.values()):
            raise ValueError("it pins nothing")
        for name, pinned in floors.items():
            if unknown := pinned["floors"].keys() - {"macro_f1", "accuracy", "worst_outlet", *labels.names}:
                raise ValueError(f"{name} has floors for what is not measured: {', '.join(sorted(unknown))}")
            if not isinstance(pinned["articles"], str) or not all(
                0 <= value <= 1 for value in pinned["floors"].values()
            ):
                raise ValueError(f"{name} needs a digest and floors between 0 and 1")
    except ValueError as error:
        raise ValueError(f"{path} is no floors file: {error}") from None
    except (KeyError, TypeError, AttributeError):
        raise ValueError(f"{path} is no floors file: make one with scripts/evaluate.py --pin") from None
    return dict(floors)


def check(labeller: Labeller, sets: Mapping[str, Sequence[Article]], floors: Mapping[str, Any]) -> list[str]:
    """What speaks against promoting the model, a sentence each; empty where nothing does."""
    given = {digest_of(articles): articles for articles in sets.values()}
    trained_on = {corpus.get("articles_sha256") for corpus in labeller.manifest.get("corpora", [])}
    against = []
    for name, pinned in floors.items():
        if pinned["articles"] not in given:
            against.append(
                f"{name}: no set with digest {pinned['articles'][:12]}… was given; it is missing or was changed"
            )
            continue
        if pinned["articles"] in trained_on:
            against.append(f"{name}: the model was trained on this set, so its figures mean nothing")
        measured = figures(labeller, given[pinned["articles"]])
        against += [
            f"{name}: {figure} is {measured[figure]:.4f}, below its floor {floor:.4f}"
            for figure, floor in pinned["floors"].items()
            if measured[figure] < floor
        ]
    return against


def pin(
    labeller: Labeller, sets: Mapping[str, Sequence[Article]], old: Mapping[str, Any], *, lower: bool
) -> dict[str, Any]:
    """Floors just below what the model reaches. Raises ValueError where one would fall, unless `lower`."""
    pinned = dict(old)
    for set_name, articles in sets.items():
        floors = {
            figure: max(0.0, math.floor((value - SLACK) * 1000) / 1000)
            for figure, value in figures(labeller, articles).items()
        }
        before = old.get(set_name, {}).get("floors", {})
        fallen = [
            f"{figure} from {before[figure]} to {floors[figure]}"
            for figure in floors
            if floors[figure] < before.get(figure, 0)
        ]
        if fallen and not lower:
            raise ValueError(f"{set_name}: this would lower {', '.join(fallen)}; pass --lower if that is meant")
        pinned[set_name] = {"articles": digest_of(articles), "floors": floors}
    return pinned
