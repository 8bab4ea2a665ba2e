"""Why a sentence got its label, in words: what each group of features added to the log-odds of the linear model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from model.classifier import FORECAST, SentenceClassifier
from model.label_set import LabelSet
from model.labels import Reason
from model.paragraphs import Kind
from model.space import Floats
from model.words import Sentence

# Groups of features that a reader sees as one thing.
_THINGS = {
    "cue": ("cue", "object", "coverage"),
    "source": ("memory",),
    "speech": ("speech",),
    "around": ("speaker", "follow"),
    "place": ("place", "edge"),
    "hearsay": ("lexical",),
    "future": ("frame",),
    "wording": ("words",),
}
_LEAST = 0.1  # log-odds below this are not worth a reader's time


def explain(
    classifier: SentenceClassifier, article: Sequence[Sentence], kinds: Sequence[Kind], labels: LabelSet
) -> list[tuple[Reason, ...]]:
    """For each sentence the things that spoke for or against its label, the weightiest first.

    A weight is what the thing adds to the log-odds of the source against the mean of the others, or, for a forecast,
    of forecast against none.
    """
    added = classifier.contributions(article)
    weights = {
        thing: np.sum([added[group] for group in groups if group in added], 0) for thing, groups in _THINGS.items()
    }
    column_of = {source.name: number for number, source in enumerate(labels.sources)}
    return [
        _reasons(sentence, kind, {thing: each[number] for thing, each in weights.items()}, column_of)
        for number, (sentence, kind) in enumerate(zip(article, kinds, strict=True))
    ]


def _reasons(
    sentence: Sentence, kind: Kind, weights: dict[str, Floats], column_of: dict[str, int]
) -> tuple[Reason, ...]:
    if kind.source is None:
        return (Reason("it is worded like a byline, caption, heading or link, not like a statement", 1.0),)
    found = []
    column, others = column_of[kind.source], len(column_of) - 1
    for thing, weight in weights.items():
        total = float(weight[column] * (1 + 1 / others) - weight[: others + 1].sum() / others)
        if thing == "future" or (kind.forecast and thing == "wording"):
            total = float(weight[FORECAST]) * (1 if kind.forecast else -1)
        text = _text(thing, sentence)
        if text and abs(total) >= _LEAST:
            found.append(Reason(text, total))
    return tuple(sorted(found, key=lambda reason: -abs(reason.weight)))


def _text(thing: str, sentence: Sentence) -> str:
    """The thing in words, with the sentence's own words quoted; empty where the sentence has nothing of the kind."""
    words = sentence.words
    match thing:
        case "cue":
            verbs = [words[cue.at].surface for cue in sentence.cues]
            return f"the reporting words {_quoted(verbs)}" if verbs else "no reporting verb outside quotation marks"
        case "source":
            subjects = [
                " ".join(word.surface for word in cue.mention.sentence.words[cue.mention.first : cue.mention.last + 1])
                for cue in sentence.cues
                if cue.mention is not None
            ]
            return f"who the source is: {_quoted(subjects)}" if subjects else ""
        case "speech":
            return "it lies in quotation marks" if sentence.quoted > 0.4 else "it lies outside quotation marks"
        case "around":
            return "who speaks in the sentences around it"
        case "place":
            return "its length, its place, and how it begins and ends"
        case "hearsay":
            heard = [w.surface for w, inside in zip(words, sentence.inside, strict=True) if w.hearsay and not inside]
            if sentence.anonymity:
                first, last = sentence.anonymity
                heard.append(" ".join(word.surface for word in words[first : last + 1]))
            heard += [w.surface for w in words if w.roles or w.belief_noun]
            return f"the words {_quoted(heard)}" if heard else ""
        case "future":
            signs = [word.surface for word in words if word.future]
            return f"signs of what is to come: {_quoted(signs)}" if signs else ""
    return "its wording as a whole"


def _quoted(found: Sequence[str]) -> str:
    return ", ".join(f"“{each}”" for each in dict.fromkeys(found))
