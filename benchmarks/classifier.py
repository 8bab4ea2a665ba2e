"""How right and how fast the shipped model is, each figure beside its aim.

Right: paragraphs of an annotated corpus that the model was not trained on, beside baselines trained on the same corpora
in this run. Fast: CPU time on one thread, as a ratio to scikit-learn's HashingVectorizer called once an article over
the same articles in alternating rounds, since a busy machine slows both alike.
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.pipeline import make_pipeline
from threadpoolctl import threadpool_limits

from model import Labeller
from model.artefact import SHIPPED
from model.corpus import Article, read_corpus
from model.lexicon import lexicon
from model.training import evaluate, gold_labels

ROOT = Path(__file__).parents[1]
WRITTEN = ROOT / "corpora/written.jsonl"
NEWS = ROOT.parent / "shared/corpora"

LABELS = lexicon().labels
REPORTED, ATTRIBUTED, ANONYMOUS, FORECAST = LABELS.names
CUES = {  # the first that is found, in this order
    FORECAST: r"\b(?:could|may|might|(?:is|are) (?:likely|expected|set) to|will (?:probably|likely)|forecasts?)\b",
    ANONYMOUS: r"\b(?:officials|sources|experts|analysts|critics|witnesses|residents|anonymity|unnamed|allegedly"
    r"|reportedly|(?:is|are|was|were) (?:said|believed|thought) to)\b",
    ATTRIBUTED: r"[“\"]|''|\b(?:said|says|told|according to|added|warned|argued|wrote|tweeted)\b",
}
FRESH_PROCESS = """
import psutil, time
began = time.process_time()
from model import Labeller
imported = time.process_time()
labeller = Labeller.load()
loaded = time.process_time()
labeller.label(["Three people died in the blast, police said."] * 40)
print(imported - began, loaded - imported, psutil.Process().memory_info().rss)
"""


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--on", type=Path, default=NEWS / "news-dev.jsonl", help="annotated corpus to be right on")
    parser.add_argument(
        "--train", type=Path, nargs="+", default=[NEWS / "news-train.jsonl", WRITTEN], help="corpora of the baselines"
    )
    parser.add_argument("--rounds", type=int, default=9, help="rounds of each timing; the median counts")
    arguments = parser.parse_args()
    labeller = Labeller.load()
    print(f"{labeller.name} {labeller.version}")
    missing = [path for path in (arguments.on, *arguments.train) if not path.is_file()]
    if missing:
        print(f"Not measured how right it is: {', '.join(map(str, missing))} not found (see --help).\n")
    else:
        compare(labeller, read(arguments.on), [each for path in arguments.train for each in read(path)])
    timed = read(WRITTEN if missing else arguments.on)
    with threadpool_limits(1):
        measure_speed(labeller, [article.texts for article in timed], arguments.rounds)
    measure_weight(labeller, arguments.rounds)


def read(path: Path) -> list[Article]:
    return read_corpus(path, LABELS.codes)


def compare(labeller: Labeller, articles: Sequence[Article], train: Sequence[Article]) -> None:
    """Print the figures of the model and of three baselines for the paragraphs that the annotation gives a label."""
    texts, gold = paragraphs_of(articles)
    train_texts, train_gold = paragraphs_of(train)
    print(f"\n{len(gold)} paragraphs of {len(articles)} articles; baselines trained on {len(train_gold)} paragraphs")
    print(f"{'':34}macro-F1  accuracy  " + "  ".join(f"{label:>16}" for label in LABELS.names))
    [(most, _)] = Counter(train_gold).most_common(1)
    print_row("majority", gold, [most] * len(gold))
    print_row("cue regex", gold, [by_cue(text) for text in texts])
    words = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        LogisticRegression(class_weight="balanced", max_iter=1000),
    ).fit(train_texts, train_gold)
    print_row("TF-IDF + logistic regression", gold, words.predict(texts))
    found = [paragraph.label or "" for article in articles for paragraph in labeller.label(article.texts).paragraphs]
    labelled = [label for article in articles for label in gold_labels(article, LABELS)]
    print_row("this model", gold, [said for said, label in zip(found, labelled, strict=True) if label])
    print(f"{'aim':34}{'≥ 0.780':>8}  {'≥ 0.850':>8}  " + "  ".join(f"{'≥ 0.660':>16}" for _ in LABELS.names))
    figures = evaluate(labeller, articles)
    print(
        "\ncertain labels: {coverage:.3f} of the paragraphs, {accuracy:.3f} of them right".format(**figures["certain"])
    )
    print_figure("expected calibration error", figures["calibration_error"], 0.03, digits=3)


def paragraphs_of(articles: Iterable[Article]) -> tuple[list[str], list[str]]:
    pairs = [
        (text, label) for each in articles for text, label in zip(each.texts, gold_labels(each, LABELS), strict=True)
    ]
    return [text for text, label in pairs if label], [label for _, label in pairs if label]


def by_cue(text: str) -> str:
    return next((label for label, cue in CUES.items() if re.search(cue, text)), REPORTED)


def print_row(name: str, gold: Sequence[str], found: Sequence[str]) -> None:
    each = f1_score(gold, found, labels=LABELS.names, average=None, zero_division=0.0)
    print(
        f"{name:34}{each.mean():8.3f}  {accuracy_score(gold, found):8.3f}  " + "  ".join(f"{f1:16.3f}" for f1 in each)
    )


def measure_speed(labeller: Labeller, articles: Sequence[Sequence[str]], rounds: int) -> None:
    vectorizer = HashingVectorizer(ngram_range=(1, 2))
    count = sum(map(len, articles))

    def label_all() -> None:
        for texts in articles:
            labeller.label(texts)

    def hash_all() -> None:
        for texts in articles:
            vectorizer.transform(texts)

    label_all()
    hash_all()
    pairs = [(cpu_seconds(label_all), cpu_seconds(hash_all)) for _ in range(rounds)]
    print(f"\nspeed on one thread, {count} paragraphs of {len(articles)} articles, median of {rounds} rounds")
    print_figure("paragraphs a CPU second", count / statistics.median(ours for ours, _ in pairs), 2500, at_least=True)
    print_figure("  of HashingVectorizer, 1-2-grams", count / statistics.median(theirs for _, theirs in pairs))
    print_figure("times as long as HashingVectorizer", statistics.median(o / t for o, t in pairs), 7, digits=2)

    forty = [text for texts in articles for text in texts][:40]
    print_figure("40 paragraphs, CPU ms", median_ms(lambda: labeller.label(forty), 3 * rounds), 20, digits=1)
    for name, long, short, aim in (
        ("5,000 paragraphs against 40", forty * 125, forty, 130),
        ("100,000 characters without a space, against half", ["x" * 100_000], ["x" * 50_000], 2.5),
        ("1,000 quotation marks, against half", ['"' * 1000], ['"' * 500], 2.5),
        ("1,000 short quotations, against half", ["“a” b " * 1000], ["“a” b " * 500], 2.5),
        ("1,000 reporting verbs, against half", ["he said " * 1000], ["he said " * 500], 2.5),
    ):
        print_figure(f"{name}, times as long", growth(labeller, long, short, rounds), aim, digits=1)


def growth(labeller: Labeller, long: list[str], short: list[str], rounds: int) -> float:
    ratios = []
    for _ in range(rounds):
        # The short one is repeated, so that the clock's grain does not count.
        brief = median_ms(lambda: labeller.label(short), 5)
        ratios.append(1000 * cpu_seconds(lambda: labeller.label(long)) / brief)
    return statistics.median(ratios)


def measure_weight(labeller: Labeller, rounds: int) -> None:
    """Import, load and memory in fresh processes."""
    command = [sys.executable, "-c", FRESH_PROCESS]
    runs = [subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True) for _ in range(rounds)]
    imported, loaded, memory = (
        statistics.median(column) for column in zip(*(map(float, run.stdout.split()) for run in runs), strict=True)
    )
    print(f"\nweight, median of {rounds} fresh processes")
    print_figure("import, CPU s", imported, digits=2)
    print_figure("load, CPU s", loaded, 0.6, digits=2)
    print_figure("resident memory after an article, MB", memory / 1e6, 180)
    print_figure("artefact, MB", sum(path.stat().st_size for path in SHIPPED.iterdir()) / 1e6, 6, digits=1)


def cpu_seconds(call: Callable[[], object]) -> float:
    began = time.process_time()
    call()
    return time.process_time() - began


def median_ms(call: Callable[[], object], rounds: int) -> float:
    return 1000 * statistics.median(cpu_seconds(call) for _ in range(rounds))


def print_figure(name: str, value: float, aim: float | None = None, *, digits: int = 0, at_least: bool = False) -> None:
    beside = ""
    if aim is not None:
        reached = value >= aim if at_least else value <= aim
        beside = f"aim {'≥' if at_least else '≤'} {aim:g}{'' if reached else '   MISSED'}"
    print(f"{name:66}{value:10,.{digits}f}   {beside}".rstrip())


if __name__ == "__main__":
    main()
