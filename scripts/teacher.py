"""The teacher: a pretrained encoder, fine-tuned to say of each sentence of an article what an annotator would.

It reads a sentence by a mark before it and by the mean of its word pieces, among the sentences around. The only module
that needs torch and transformers.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
import transformers

from model.corpus import Article
from model.labeller import Labeller
from model.training import codes_of
from scripts.console import progress

Floats = npt.NDArray[np.float64]

# How it is taught.
_WINDOW, _SENTENCE = 256, 120  # word pieces read at once, and of a sentence at most
_BATCH, _RATE, _DECAY, _WARM = 8, 1.5e-4, 0.01, 0.1
_RARE, _FORECAST = 2.0, 3.0  # how much these count beside others; taken back in what it says
# How it is asked: so many word pieces of sentences, with so many before and behind.
_ASKED, _BEFORE, _BEHIND, _ASKED_AT_ONCE = 150, 70, 40, 16


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence as the encoder reads it: its word pieces behind a mark for a sentence or a paragraph."""

    pieces: list[int]
    source: int = 0  # number of the source, one beyond the last for no statement
    forecast: bool = False


class Teacher(torch.nn.Module):
    """An encoder and one layer behind it."""

    def __init__(self, folder: Path, rare: Sequence[bool], seed: int) -> None:
        """The encoder in a folder, for sources that are `rare` or not. Raises ValueError where there is none."""
        super().__init__()
        torch.manual_seed(seed)
        try:
            self.tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
            self.encoder = transformers.AutoModel.from_pretrained(folder, local_files_only=True)
        except (OSError, ValueError) as error:
            raise ValueError(f"{folder} holds no encoder that transformers can read ({error})") from None
        self.out = torch.nn.Linear(2 * self.encoder.config.hidden_size, len(rare) + 2)
        self.drop = torch.nn.Dropout(0.1)
        self.weight = torch.tensor([_RARE if each else 1.0 for each in rare] + [1.0])
        self.marks = self.tokenizer.convert_tokens_to_ids(["[unused0]", "[unused1]"])
        self.edges = self.tokenizer.cls_token_id, self.tokenizer.sep_token_id

    def read(self, labeller: Labeller, article: Article) -> list[Line]:
        sentences = labeller.analyse(article.texts)
        texts = article.texts
        said = [labeller.labels.codes[code] for code in codes_of(article, sentences)]
        number = {source.name: number for number, source in enumerate(labeller.labels.sources)}
        lines = self.lines([(each.paragraph, texts[each.paragraph][each.start : each.end]) for each in sentences])
        return [
            Line(line.pieces, number[source] if source else len(number), forecast)
            for line, (source, forecast) in zip(lines, said, strict=True)
        ]

    def lines(self, sentences: Sequence[tuple[int, str]]) -> list[Line]:
        """Of sentences, each with the number of its paragraph."""
        if not sentences:
            return []
        pieces = self.tokenizer([text for _, text in sentences], add_special_tokens=False)["input_ids"]
        begins = [True, *(a[0] != b[0] for a, b in pairwise(sentences))]
        return [Line([self.marks[first], *each[:_SENTENCE]]) for first, each in zip(begins, pieces, strict=True)]

    def forward(self, windows: Sequence[Sequence[Line]]) -> torch.Tensor:
        """(sentences, sources + 2) scores: of the sources, no statement, and forecast."""
        longest = max(sum(len(line.pieces) for line in window) for window in windows) + 2
        ids = torch.zeros(len(windows), longest, dtype=torch.long)
        mask, of_sentence = torch.zeros_like(ids), torch.full_like(ids, -1)
        first: list[int] = []
        for row, window in enumerate(windows):
            at = 1
            ids[row, 0] = self.edges[0]
            for line in window:
                end = at + len(line.pieces)
                ids[row, at:end] = torch.tensor(line.pieces)
                of_sentence[row, at:end] = len(first)
                first.append(row * longest + at)
                at = end
            ids[row, at] = self.edges[1]
            mask[row, : at + 1] = 1
        hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state.float().flatten(0, 1)
        within = of_sentence.flatten()
        held = within >= 0
        sums = torch.zeros(len(first), hidden.shape[1]).index_add(0, within[held], hidden[held])
        means = sums / torch.bincount(within[held], minlength=len(first))[:, None]
        scores: torch.Tensor = self.out(self.drop(torch.cat([hidden[first], means], 1)))
        return scores

    def fit(self, articles: Sequence[list[Line]], epochs: int, most: int | None, randomly: random.Random) -> None:
        flat = [weights for weights in self.parameters() if weights.ndim < 2]
        deep = [weights for weights in self.parameters() if weights.ndim >= 2]
        adam = torch.optim.AdamW(
            [{"params": deep, "weight_decay": _DECAY}, {"params": flat, "weight_decay": 0}], lr=_RATE, fused=True
        )
        each = sum(1 for article in articles for _ in windows(article, _WINDOW))
        steps = epochs * (each // _BATCH + 1)
        self.train()
        step = 0
        for epoch in range(epochs):
            shuffled = [w for article in articles for w in windows(article, randomly.randint(60, _WINDOW))]
            randomly.shuffle(shuffled)
            total = 0.0
            starts = range(0, len(shuffled), _BATCH)
            bar = progress(starts, unit=" steps", desc=f"teaching {epoch + 1}/{epochs}")
            for start in bar:
                step += 1
                for group in adam.param_groups:
                    group["lr"] = _RATE * min(1, step / (_WARM * steps)) * max(0.02, 1 - step / steps)
                loss = self._loss(shuffled[start : start + _BATCH])
                adam.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(self.parameters(), 1.0)
                adam.step()
                total += loss.item()
                bar.set_postfix(loss=f"{total / (start // _BATCH + 1):.3f}")
                if step == most:
                    return

    def _loss(self, batch: Sequence[Sequence[Line]]) -> torch.Tensor:
        lines = [line for window in batch for line in window]
        with torch.autocast("cpu", torch.bfloat16):
            scores = self(batch).float()
        sources = torch.tensor([line.source for line in lines])
        forecasts = torch.tensor([float(line.forecast) for line in lines])
        loss = torch.nn.functional.cross_entropy(scores[:, :-1], sources, weight=self.weight)
        states = sources < len(self.weight) - 1
        if states.any():
            weights = torch.where(forecasts == 1, _FORECAST, 1.0)[states]
            entropy = torch.nn.functional.binary_cross_entropy_with_logits(
                scores[:, -1][states], forecasts[states], reduction="none"
            )
            loss = loss + (entropy * weights).sum() / weights.sum()
        return loss

    def say(self, articles: Sequence[Sequence[Line]]) -> list[Floats]:
        """Of each article, (sentences, sources + 2): scores of the sources, no statement and forecast, as log odds."""
        self.eval()
        asked = sorted(
            ((number, *span) for number, article in enumerate(articles) for span in spans(article)),
            key=lambda each: sum(len(line.pieces) for line in articles[each[0]][each[1] : each[4]]),
        )
        result = [np.zeros((len(article), len(self.weight) + 1)) for article in articles]
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            for start in progress(range(0, len(asked), _ASKED_AT_ONCE), unit=" batches", desc="asking"):
                batch = asked[start : start + _ASKED_AT_ONCE]
                scores = self([articles[number][a:d] for number, a, _, _, d in batch]).float()
                at = 0
                for number, a, b, c, d in batch:
                    result[number][b:c] = self._evenly(scores[at + b - a : at + c - a])
                    at += d - a
        return result

    def _evenly(self, scores: torch.Tensor) -> Floats:
        """As if what is rare had not counted for more; the scores that exclude each other are 0 in the mean."""
        sources = scores[:, :-1].double() - torch.log(self.weight)
        sources -= sources.mean(1, keepdim=True)
        evenly: Floats = torch.cat([sources, scores[:, -1:].double() - math.log(_FORECAST)], 1).numpy()
        return evenly

    def vectors(self, words: Sequence[str]) -> npt.NDArray[np.float32]:
        """(words, n): what stands for each word in the encoder's table, and what the encoder makes of it alone."""
        self.eval()
        table = self.encoder.embeddings.word_embeddings.weight.detach().numpy()
        pieces = self.tokenizer(list(words), add_special_tokens=False)["input_ids"]
        still = np.array([table[each].mean(0) for each in pieces]) - table.mean(0)
        read = []
        with torch.no_grad():
            for start in progress(range(0, len(words), 256), unit=" batches", desc="reading words"):
                batch = self.tokenizer(list(words[start : start + 256]), return_tensors="pt", padding=True)
                hidden, mask = self.encoder(**batch).last_hidden_state, batch["attention_mask"][..., None]
                read.append(((hidden * mask).sum(1) / mask.sum(1)).numpy())
        parts = [each / np.linalg.norm(each, axis=1, keepdims=True) for each in (still, np.concatenate(read))]
        found: npt.NDArray[np.float32] = (np.hstack(parts) / 2**0.5).astype(np.float32)
        return found


def windows(article: Sequence[Line], first: int) -> Iterator[Sequence[Line]]:
    """The article in stretches of whole sentences: the first of so many word pieces at most, the others as many fit."""
    start, size, most = 0, 0, first
    for number, line in enumerate(article):
        if size + len(line.pieces) > most and number > start:
            yield article[start:number]
            start, size, most = number, 0, _WINDOW
        size += len(line.pieces)
    yield article[start:]


def spans(article: Sequence[Line]) -> Iterator[tuple[int, int, int, int]]:
    """(first read, first asked about, behind the last asked about, behind the last read), until all were asked."""
    lengths = [len(line.pieces) for line in article]
    begin = 0
    while begin < len(article):
        first, end = begin, begin + 1
        while first > 0 and sum(lengths[first - 1 : begin]) <= _BEFORE:
            first -= 1
        while end < len(article) and sum(lengths[begin : end + 1]) <= _ASKED:
            end += 1
        last = end
        while last < len(article) and sum(lengths[end : last + 1]) <= _BEHIND:
            last += 1
        yield first, begin, end, last
        begin = end
