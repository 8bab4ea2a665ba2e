"""Fine-tune a large network on the corpora, and write what it says of variants of their articles, for train.py.

A pretrained encoder reads more out of the same annotation than the small model does; what it says of text that nobody
annotated is nearly as good to learn from (see model/variants.py). A fifth of the first corpus is held out, to say how
right the encoder is. Takes about an hour on two cores. Needs torch and transformers, which nothing else here does:
docs/retrain.md says how to get them, and an encoder.
"""

from __future__ import annotations

import random
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from model.classifier import SentenceClassifier
from model.corpus import Article, read_corpus
from model.labeller import Labeller
from model.lexicon import Lexicon, lexicon
from model.network import WORD_SIZE
from model.training import THRESHOLDS
from model.variants import SCORE, VECTOR, WORD, swap, write_lessons
from scripts.console import positive, progress, run

if TYPE_CHECKING:
    from scripts.teacher import Line, Teacher

# How articles are varied.
_SWAPPED, _LEFT_OUT, _LIKE = 0.25, 0.15, 0.6  # shares of words, of paragraphs, and of swaps for a word of like meaning
_ALIKE, _LEAST_ALIKE, _OFTEN = 8, 0.15, 4
_FIFTH = 7  # seed of which articles are held out: the same ones for any --seed, so that figures compare
_ENDINGS = ("ing", "ed", "ly", "es", "s", "er", "est")


def main() -> int:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", type=Path, help="JSON-lines files of annotated articles")
    parser.add_argument("--encoder", type=Path, required=True, help="folder of a pretrained BERT-like encoder")
    parser.add_argument("--out", type=Path, required=True, help="file of variants to write, .jsonl.gz")
    parser.add_argument("--variants", type=positive, default=3, help="of each article (default: %(default)s)")
    parser.add_argument("--epochs", type=positive, default=4, help="default: %(default)s")
    parser.add_argument("--steps", type=positive, help="stop teaching after so many, to try things out")
    parser.add_argument("--language", default="en", help="folder of model/lexicons (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()

    words = lexicon(arguments.language)
    articles = [read_corpus(path, words.labels.codes) for path in arguments.corpora]
    shown = [article for each in articles for article in each]
    labeller = Labeller(
        SentenceClassifier(),
        {"name": "", "version": "", "language": arguments.language, "thresholds": THRESHOLDS},
    )
    try:
        from scripts.teacher import Teacher
    except ImportError as error:
        raise ValueError(f"{error}; docs/retrain.md says how to install what a teacher needs") from None
    arguments.out.parent.mkdir(parents=True, exist_ok=True)  # before an hour's work
    teacher = Teacher(arguments.encoder, [source.rare for source in words.labels.sources], arguments.seed)
    vary = Variation(teacher, shown, words, random.Random(arguments.seed))
    read = [teacher.read(labeller, article) for article in progress(shown, unit=" articles", desc="reading")]
    fifth = np.random.default_rng(_FIFTH).permutation(len(articles[0])) % 5 == 4
    held_out = [lines for lines, out in zip(read, fifth, strict=False) if out and lines]
    taught = [lines for i, lines in enumerate(read) if lines and not (i < len(fifth) and fifth[i])]
    teacher.fit(taught, arguments.epochs, arguments.steps, random.Random(arguments.seed))
    if held_out:
        report(teacher, held_out, words)

    rows = []
    for _ in range(arguments.variants):
        varied = [vary(article) for article in shown]
        rows += [row for row in ask(teacher, labeller, shown, varied) if row["paragraphs"]]
    meanings = list(meant(teacher, shown, words))
    write_lessons(arguments.out, [*rows, *meanings])
    size = arguments.out.stat().st_size / 1e6
    print(f"{arguments.out}: {len(rows)} variants, {len(meanings)} words, {size:.1f} MB")
    return 0


def report(teacher: Teacher, articles: Sequence[list[Line]], words: Lexicon) -> None:
    """Print how right the teacher is on articles that it was not taught."""
    said = np.concatenate(teacher.say(articles))
    sources = np.array([line.source for article in articles for line in article])
    forecasts = np.array([line.forecast for article in articles for line in article])
    names = [*(source.name for source in words.labels.sources), "no statement"]
    found = {name: (sources == number, said[:, :-1].argmax(1) == number) for number, name in enumerate(names)}
    found["forecast"] = forecasts, said[:, -1] > 0
    figures = {name: 2 * (a & b).sum() / max(1, a.sum() + b.sum()) for name, (a, b) in found.items()}
    print("F1 on sentences held out: " + ", ".join(f"{name} {f1:.3f}" for name, f1 in figures.items()), flush=True)


Varied = list[tuple[int, dict[int, str]]]  # numbers of the paragraphs that stay, each with the words swapped in it


class Variation:
    """Leaves out paragraphs and swaps words, for one of like meaning or for any of the same ending."""

    def __init__(self, teacher: Teacher, articles: Sequence[Article], words: Lexicon, randomly: random.Random) -> None:
        self.random = randomly
        texts = (text for article in articles for text in article.texts)
        seen = Counter(word.lower() for text in texts for word in WORD.findall(text))
        kept = words.function_words | words.modals | words.auxiliaries | words.prepositions | words.determiners
        kept |= words.before_verb
        swapped = sorted(word for word in seen if len(word) > 2 and word not in kept)
        candidates = sorted({word for word, times in seen.items() if times >= 3} | set(words.common))
        self.often: dict[str, list[str]] = defaultdict(list)
        for word in candidates:
            if seen[word] >= _OFTEN and len(word) > 2:
                self.often[_ending(word)].append(word)
        self.like = _alike(teacher, swapped, candidates)

    def __call__(self, article: Article) -> Varied:
        return [
            (number, {at: new for at, word in enumerate(WORD.findall(text)) if (new := self._new(word)) != word})
            for number, text in enumerate(article.texts)
            if self.random.random() >= _LEFT_OUT
        ]

    def _new(self, word: str) -> str:
        low = word.lower()
        like = self.like.get(low)
        if not like or self.random.random() > _SWAPPED:
            return word
        often = self.often[_ending(low)] or like
        new = self.random.choice(like if self.random.random() < _LIKE else often)
        return new.capitalize() if word[0].isupper() else new


def _ending(word: str) -> str:
    return next((ending for ending in _ENDINGS if word.endswith(ending) and len(word) > len(ending) + 2), "")


def _alike(teacher: Teacher, words: Sequence[str], candidates: Sequence[str]) -> dict[str, list[str]]:
    """For each word the most similar of the candidates with the same ending, by the encoder's own vectors of words."""
    others, endings = teacher.vectors(candidates), np.array([_ending(word) for word in candidates])
    alike = {}
    for word, vector in zip(progress(words, unit=" words", desc="comparing"), teacher.vectors(words), strict=True):
        likeness = np.where(endings == _ending(word), others @ vector, -1)
        best = [candidates[i] for i in np.argsort(-likeness)[: _ALIKE + 1] if likeness[i] > _LEAST_ALIKE]
        alike[word] = [other for other in best if other != word][:_ALIKE]
    return alike


def ask(
    teacher: Teacher, labeller: Labeller, articles: Sequence[Article], varied: Sequence[Varied]
) -> Iterator[dict[str, Any]]:
    """What the teacher says of varied articles, as rows of a file of lessons."""
    sentences = []
    for article, variation in zip(articles, varied, strict=True):
        texts = [swap(article.texts[number], words) for number, words in variation]
        sentences.append([(s.paragraph, s.end, texts[s.paragraph][s.start : s.end]) for s in labeller.analyse(texts)])
    said = teacher.say([teacher.lines([(p, text) for p, _, text in each]) for each in sentences])
    for article, variation, each, scores in zip(articles, varied, sentences, said, strict=True):
        rows: list[list[list[int]]] = [[] for _ in variation]
        for (paragraph, end, _), row in zip(each, scores, strict=True):
            rows[paragraph].append([end, *np.rint(SCORE * row).astype(int).tolist()])
        yield {
            "id": article.id,
            "paragraphs": [
                {"number": number, "words": [[at, word] for at, word in words.items()], "sentences": found}
                for (number, words), found in zip(variation, rows, strict=True)
                if found
            ],
        }


def meant(teacher: Teacher, articles: Sequence[Article], words: Lexicon) -> Iterator[dict[str, Any]]:
    """What words mean to the teacher, by their most telling directions, as rows of a file of lessons."""
    texts = (text for article in articles for text in article.texts)
    seen = Counter(word.lower().replace("’", "'") for text in texts for word in WORD.findall(text))
    known = sorted({word for word, times in seen.items() if times >= 2} | set(words.common))
    vectors = teacher.vectors(known).astype(float)
    vectors -= vectors.mean(axis=0)
    _, axes = np.linalg.eigh(vectors.T @ vectors)
    found = vectors @ axes[:, ::-1][:, :WORD_SIZE]
    rounded = np.rint(VECTOR * found / found.std()).astype(int)
    for word, vector in zip(known, rounded.tolist(), strict=True):
        yield {"word": word, "vector": vector}


if __name__ == "__main__":
    run(main)
