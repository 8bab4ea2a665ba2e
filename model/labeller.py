"""The public face: `Labeller.load()` and `labeller.label(paragraphs)`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np

from model import artefact, explanation
from model.classifier import FORECAST, STATEMENT, SentenceClassifier
from model.labels import (
    ArticleLabels,
    Cue,
    ParagraphLabel,
    SentenceLabel,
    Source,
    SourceSummary,
    Speaker,
    Summary,
)
from model.lexicon import lexicon
from model.paragraphs import Floats, Kind, also_of, evidence, label_of, shares_of
from model.sources import Attribution, Mention, find_sources
from model.words import Sentence, Vocabulary, read_article

SOURCES: tuple[Source, ...] = ("none", "named", "unnamed")
_REFERS = {"named": "A", "unnamed": "U"}
_ARTICLE = re.compile(r"^(?:the|a|an)\s+", re.IGNORECASE)


class Labeller:
    """Labels articles with one trained model. Safe to share between threads once loaded."""

    def __init__(self, classifier: SentenceClassifier, manifest: dict[str, Any], card: str = "") -> None:
        self.classifier, self.manifest, self.card = classifier, manifest, card
        self._language = lexicon(manifest["language"])
        self._vocabulary = Vocabulary(self._language)
        self._thresholds = manifest["thresholds"]

    @classmethod
    def load(cls, path: Path | str | None = None) -> Labeller:
        """Load the model in the folder `path`, by default the shipped one. Raises ValueError, saying what is wrong."""
        return cls(*artefact.load(Path(path) if path else artefact.SHIPPED))

    @property
    def name(self) -> str:
        return str(self.manifest["name"])

    @property
    def version(self) -> str:
        return str(self.manifest["version"])

    def label(self, paragraphs: Sequence[str], *, explain: bool = False) -> ArticleLabels:
        """Label the paragraphs of one article, in their order. Time is linear in the length of the text.

        `explain` adds to each sentence the features that carried its label. Raises ValueError where `paragraphs` is not
        a sequence of strings.
        """
        listed = isinstance(paragraphs, Sequence) and not isinstance(paragraphs, (str, bytes))
        if not listed or not all(isinstance(text, str) for text in paragraphs):
            raise ValueError("paragraphs must be a list of strings, one a paragraph")
        sentences = self.analyse(paragraphs)
        return self._assemble(paragraphs, sentences, self.classifier.predict_proba(sentences), explain)

    def analyse(
        self, paragraphs: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]] | None = None
    ) -> list[Sentence]:
        """Steps 1 to 3: sentences, quotations, sources. `spans` gives the offsets of sentences where they are known."""
        sentences = read_article(paragraphs, self._vocabulary, spans)
        find_sources(sentences)
        return sentences

    def kinds(self, sentences: Sequence[Sentence], probabilities: Floats) -> list[Kind]:
        """The decision on each sentence."""
        statement = probabilities[:, STATEMENT] >= self._thresholds["statement"]
        forecast = probabilities[:, FORECAST] >= self._thresholds["forecast"]
        source = probabilities[:, :3].argmax(axis=1)
        return [
            Kind(SOURCES[source[i]] if states else None, bool(states and forecast[i]), sentence.length)
            for i, sentence in enumerate(sentences)
            for states in [bool(statement[i]) and sentence.length > 0]
        ]

    def confidence(self, probabilities: Floats, kinds: Sequence[Kind]) -> float:
        """How likely the label of a paragraph is right, from the probabilities and kinds of its sentences."""
        states = [i for i, kind in enumerate(kinds) if kind.source is not None]
        if not states:
            return float(1 - probabilities[:, STATEMENT].max(initial=0.0))
        words = np.array([kinds[i].words for i in states], float)
        found = evidence(probabilities[states, :4], words, self._thresholds["forecast"])
        calibration = self.classifier.calibration_
        return float(1 / (1 + np.exp(-(found @ calibration[:-1] + calibration[-1]))))

    def _assemble(
        self, paragraphs: Sequence[str], sentences: Sequence[Sentence], probabilities: Floats, explain: bool
    ) -> ArticleLabels:
        kinds = self.kinds(sentences, probabilities)
        reasons = explanation.explain(self.classifier, sentences, kinds) if explain else [()] * len(sentences)
        of_paragraph: list[list[int]] = [[] for _ in paragraphs]
        for number, sentence in enumerate(sentences):
            of_paragraph[sentence.paragraph].append(number)
        labelled: list[SentenceLabel] = []
        mentions: list[Mention | None] = []
        for number, (sentence, kind) in enumerate(zip(sentences, kinds, strict=True)):
            mention = _mention(sentences, mentions, kinds, number)
            mentions.append(mention)
            labelled.append(
                SentenceLabel(
                    sentence.start,
                    sentence.end,
                    kind.source,
                    kind.forecast,
                    self.confidence(probabilities[number : number + 1], [kind]),
                    _speaker(paragraphs, mention),
                    _cues(sentence, kind),
                    reasons[number],
                )
            )
        result = []
        for index, numbers in enumerate(of_paragraph):
            of_it = [kinds[i] for i in numbers]
            label = label_of(of_it)
            confidence = self.confidence(probabilities[numbers], of_it)
            result.append(
                ParagraphLabel(
                    index,
                    label,
                    confidence,
                    confidence >= self._thresholds["certain"],
                    also_of(of_it, label),
                    shares_of(of_it),
                    tuple(labelled[i] for i in numbers),
                )
            )
        return ArticleLabels(tuple(result), _summary(sentences, kinds, labelled))


def _mention(
    sentences: Sequence[Sentence], before: Sequence[Mention | None], kinds: Sequence[Kind], number: int
) -> Mention | None:
    """The mention to show as the speaker: of the cue that fits the label best, else the one still speaking."""
    sentence, kind = sentences[number], kinds[number]
    if kind.source not in _REFERS:
        return None
    refers = _REFERS[kind.source]
    candidates = [c for c in (sentence.speaker_cue, sentence.own_cue, sentence.main_cue) if c is not None and c.mention]
    fitting = next((cue for cue in candidates if cue.refers == refers), None)
    if fitting:
        return fitting.mention
    if number and kinds[number - 1].source == kind.source and sentences[number - 1].paragraph >= sentence.paragraph - 1:
        return before[number - 1]
    return candidates[0].mention if candidates else None


def _speaker(paragraphs: Sequence[str], mention: Mention | None) -> Speaker | None:
    if mention is None:
        return None
    paragraph = mention.sentence.paragraph
    return Speaker(paragraphs[paragraph][mention.start : mention.end], mention.start, mention.end, paragraph)


def _cues(sentence: Sentence, kind: Kind) -> tuple[Cue, ...]:
    if kind.source is None:
        return ()
    found = []
    shown: Attribution | None = sentence.main_cue if kind.source != "none" else None
    for cue in sentence.cues if shown else ():
        if cue is shown or (cue.strong and cue.governs):
            last = cue.at + (cue.pattern == "according")
            found.append(
                Cue(sentence.starts[cue.at], sentence.starts[last] + len(sentence.words[last].surface), "reporting")
            )
    if sentence.anonymity is not None and kind.source == "unnamed":
        first, last = sentence.anonymity
        found.append(
            Cue(sentence.starts[first], sentence.starts[last] + len(sentence.words[last].surface), "anonymity")
        )
    for offset, word, inside in zip(sentence.starts, sentence.words, sentence.inside, strict=True):
        if word.hearsay and not inside and kind.source == "unnamed":
            found.append(Cue(offset, offset + len(word.surface), "hearsay"))
        if word.future and kind.forecast:
            found.append(Cue(offset, offset + len(word.surface), "forecast"))
    return tuple(sorted(found, key=lambda cue: cue.start))


def _summary(sentences: Sequence[Sentence], kinds: Sequence[Kind], labelled: Sequence[SentenceLabel]) -> Summary:
    words: dict[tuple[str, str], int] = defaultdict(int)
    names: dict[tuple[str, str], str] = {}
    where: dict[tuple[str, str], set[int]] = defaultdict(set)
    for sentence, kind, label in zip(sentences, kinds, labelled, strict=True):
        if label.speaker and kind.source in _REFERS:
            key = kind.source, _ARTICLE.sub("", label.speaker.text).casefold()
            names.setdefault(key, label.speaker.text)
            words[key] += kind.words
            where[key].add(sentence.paragraph)
    sources = tuple(
        SourceSummary(names[key], cast(Any, key[0]), words[key], tuple(sorted(where[key])))
        for key in sorted(words, key=lambda key: (-words[key], names[key]))
    )
    total = sum(kind.words for kind in kinds if kind.source is not None)
    return Summary(total, shares_of(kinds), sources)
