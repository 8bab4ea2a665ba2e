"""The public face: `Labeller.load()` and `labeller.label(paragraphs)`."""

from __future__ import annotations

import gc
import re
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from model import artefact, explanation
from model.classifier import FORECAST, STATEMENT, SentenceClassifier
from model.label_set import LabelSet
from model.labels import (
    ArticleLabels,
    Cue,
    ParagraphLabel,
    SentenceLabel,
    SourceSummary,
    Speaker,
    Summary,
)
from model.lexicon import lexicon
from model.paragraphs import Floats, Kind, also_of, evidence, label_of_shares, shares_of
from model.sources import Attribution, find_sources
from model.subjects import NAMED, OPEN, UNNAMED, Mention
from model.words import Sentence, Vocabulary, read_article

_REFERS = {"named": NAMED, "unnamed": UNNAMED}
# How many sentences back the speaker of a paraphrase without a cue is looked for.
_GOES_ON_WITHIN = 3
# Where the speaker of a quotation is found when neither it nor its paragraph before it names one.
_GUESSED = {"later", "paragraph_before", "earlier"}
_ARTICLE = re.compile(r"^(?:the|a|an)\s+", re.IGNORECASE)

_SWITCHING = threading.Lock()  # held by the thread that switched garbage collection off


class Labeller:
    """Labels articles with one trained model. Safe to share between threads once loaded."""

    def __init__(self, classifier: SentenceClassifier, manifest: dict[str, Any], card: str = "") -> None:
        self._language = lexicon(manifest["language"])
        # A model keeps the label set it was trained with; one yet to be trained gets that of its language.
        self.labels = LabelSet(manifest["labels"]) if "labels" in manifest else self._language.labels
        self.classifier, self.manifest, self.card = classifier, {**manifest, "labels": self.labels.row}, card
        self._sources = [source.name for source in self.labels.sources]
        self._refers: dict[str | None, str] = {
            each.name: _REFERS[each.speaker] for each in self.labels.sources if each.speaker
        }
        self._unnamed = [number for number, name in enumerate(self._sources) if self._refers.get(name) == UNNAMED]
        self._vocabulary = Vocabulary(self._language)
        self._thresholds = manifest["thresholds"]

    @classmethod
    def load(cls, path: Path | str | None = None) -> Labeller:
        """Load the model in the folder `path`, by default the shipped one. Raises ValueError, saying what is wrong."""
        folder = Path(path) if path else artefact.SHIPPED
        labeller = cls(*artefact.load(folder))
        known, named = labeller.classifier.coefficients_.shape[1] - 2, len(labeller.labels.sources)
        if known != named:
            raise ValueError(
                f"{folder}: the model tells {known} sources apart, its label set has {named}; train it anew"
            )
        return labeller

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
        with _uncollected():
            return self._label(paragraphs, explain)

    def analyse(self, paragraphs: Sequence[str]) -> list[Sentence]:
        """Steps 1 to 3: sentences, quotations, sources."""
        sentences = read_article(paragraphs, self._vocabulary)
        find_sources(sentences)
        return sentences

    def kinds(self, sentences: Sequence[Sentence], probabilities: Sequence[Sequence[float]]) -> list[Kind]:
        """The decision on each sentence."""
        least, foreseen, sources = self._thresholds["statement"], self._thresholds["forecast"], self._sources
        kinds = []
        for sentence, row in zip(sentences, probabilities, strict=True):
            states = sentence.length > 0 and row[STATEMENT] >= least
            source = sources[row.index(max(row[:FORECAST]))] if states else None
            if (
                states
                and self._unnamed
                and sentence.quoted > 0.9
                and sentence.speaker_cue
                and sentence.speaker_cue.subject == "anonymous"
            ):
                source = sources[max(self._unnamed, key=row.__getitem__)]  # speech of one who asked not to be named
            kinds.append(Kind(source, states and row[FORECAST] >= foreseen, sentence.length))
        return kinds

    def _confidence(self, probabilities: Floats, kinds: Sequence[Kind], groups: Sequence[Sequence[int]]) -> list[float]:
        """How likely the label is right that each group of sentences gets, or that it gets none."""
        found = evidence(probabilities, kinds, groups, self._thresholds["forecast"])
        chances = iter(self.classifier.calibration_.chance(found).tolist())
        no_statements = {number for number, kind in enumerate(kinds) if kind.source is None}
        return [
            1 - max(probabilities[group, STATEMENT].tolist(), default=0.0)
            if no_statements.issuperset(group)
            else next(chances)
            for group in groups
        ]

    def _label(self, paragraphs: Sequence[str], explain: bool) -> ArticleLabels:
        sentences = self.analyse(paragraphs)
        probabilities = self.classifier.predict_proba(sentences)
        kinds = self.kinds(sentences, probabilities.tolist())
        reasons = (
            explanation.explain(self.classifier, sentences, kinds, self.labels) if explain else [()] * len(sentences)
        )
        of_paragraph: list[list[int]] = [[] for _ in paragraphs]
        for number, sentence in enumerate(sentences):
            of_paragraph[sentence.paragraph].append(number)
        confidence = self._confidence(
            probabilities, kinds, [*([number] for number in range(len(sentences))), *of_paragraph]
        )
        labelled: list[SentenceLabel] = []
        mentions: list[Mention | None] = []
        for number, (sentence, kind) in enumerate(zip(sentences, kinds, strict=True)):
            refers = self._refers.get(kind.source)
            mention = _mention(sentences, mentions, kinds, number, refers)
            mentions.append(mention)
            labelled.append(
                SentenceLabel(
                    sentence.start,
                    sentence.end,
                    kind.source,
                    kind.forecast,
                    confidence[number],
                    _speaker(paragraphs, mention),
                    _cues(sentence, kind, refers),
                    reasons[number],
                )
            )
        result = []
        for index, (numbers, sure) in enumerate(zip(of_paragraph, confidence[len(sentences) :], strict=True)):
            of_it = [kinds[i] for i in numbers]
            shares = shares_of(of_it, self.labels)
            label = label_of_shares(shares, self.labels)
            result.append(
                ParagraphLabel(
                    index,
                    label,
                    sure,
                    sure >= self._thresholds["certain"],
                    also_of(of_it, label, self.labels),
                    shares,
                    tuple([labelled[i] for i in numbers]),
                )
            )
        return ArticleLabels(tuple(result), _summary(sentences, kinds, labelled, self.labels))


@contextmanager
def _uncollected() -> Iterator[None]:
    """No garbage collection within: an analysed article is many small objects, all of them needed until its end.

    One thread at a time switches it off and on again; were each to do so, one could find it off and leave it so.
    """
    if not _SWITCHING.acquire(blocking=False):
        yield
        return
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
        _SWITCHING.release()


def _mention(
    sentences: Sequence[Sentence],
    before: Sequence[Mention | None],
    kinds: Sequence[Kind],
    number: int,
    refers: str | None,
) -> Mention | None:
    """The mention to show as the speaker: of the cue that fits the label best, else the one still speaking."""
    sentence, kind = sentences[number], kinds[number]
    if refers is None:
        return None
    opening = sentence.opening if sentence.opening and sentence.opening.refers == refers else None
    speaks = sentence.speaker_cue or (sentence.ends_inside and not sentence.starts_inside)
    if opening and speaks and not sentence.own_cue and sentence.quoted < 0.9:
        return opening  # "Weber shared her concern: “It is late.”"
    if sentence.starts_inside and sentence.speaker_found in _GUESSED and number:
        begun = before[number - 1] or sentences[number - 1].opening
        if begun and begun.refers == refers:
            return begun  # the same quotation goes on
    cues = (sentence.speaker_cue, sentence.own_cue, sentence.main_cue, *(cue for cue in sentence.cues if cue.strong))
    candidates = [cue.mention for cue in cues if cue is not None and cue.mention]
    for fitting in (refers, OPEN):
        for mention in candidates:
            if mention.refers == fitting:
                return mention
    if sentence.own_cue and sentence.own_cue.subject in ("i", "we"):
        return None  # whoever writes
    for back in range(number - 1, max(-1, number - 1 - _GOES_ON_WITHIN), -1):
        if sentences[back].paragraph < sentence.paragraph - 1:
            break
        if kinds[back].source == kind.source and before[back] is not None:
            return before[back]
    return candidates[0] if candidates else opening


def _speaker(paragraphs: Sequence[str], mention: Mention | None) -> Speaker | None:
    if mention is None:
        return None
    paragraph = mention.sentence.paragraph
    return Speaker(paragraphs[paragraph][mention.start : mention.end], mention.start, mention.end, paragraph)


def _cues(sentence: Sentence, kind: Kind, refers: str | None) -> tuple[Cue, ...]:
    if kind.source is None:
        return ()
    found = []
    shown: Attribution | None = sentence.main_cue if refers else None
    for cue in sentence.cues if shown else ():
        if cue is shown or (cue.strong and cue.governs):
            last = cue.at + (cue.lemma == "according")
            found.append(
                Cue(sentence.starts[cue.at], sentence.starts[last] + len(sentence.words[last].surface), "reporting")
            )
    if sentence.anonymity is not None and refers == UNNAMED:
        first, last = sentence.anonymity
        found.append(
            Cue(sentence.starts[first], sentence.starts[last] + len(sentence.words[last].surface), "anonymity")
        )
    if refers == UNNAMED or kind.forecast:
        for offset, word, inside in zip(sentence.starts, sentence.words, sentence.inside, strict=True):
            if word.hearsay and not inside and refers == UNNAMED:
                found.append(Cue(offset, offset + len(word.surface), "hearsay"))
            if word.future and kind.forecast:
                found.append(Cue(offset, offset + len(word.surface), "forecast"))
    return tuple(sorted(found, key=lambda cue: cue.start))


def _summary(
    sentences: Sequence[Sentence], kinds: Sequence[Kind], labelled: Sequence[SentenceLabel], labels: LabelSet
) -> Summary:
    names: dict[str, str] = {}
    words: dict[str, Counter[str]] = defaultdict(Counter)
    where: dict[str, set[int]] = defaultdict(set)
    for sentence, kind, label in zip(sentences, kinds, labelled, strict=True):
        if label.speaker and kind.source:
            key = _ARTICLE.sub("", label.speaker.text).casefold()
            names.setdefault(key, label.speaker.text)
            words[key][kind.source] += kind.words
            where[key].add(sentence.paragraph)
    sources = tuple(
        SourceSummary(names[key], words[key].most_common(1)[0][0], words[key].total(), tuple(sorted(where[key])))
        for key in sorted(words, key=lambda key: (-words[key].total(), names[key]))
    )
    total = sum(kind.words for kind in kinds if kind.source is not None)
    return Summary(total, shares_of(kinds, labels), sources)
