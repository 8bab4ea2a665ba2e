"""Analysed sentences into features: n-grams hashed with NumPy over the article, and named features of the analysis.

Three channels of n-grams, each scaled to unit length a sentence: of words (1-3, names and numbers made alike), of word
classes (1-4, speech made one token), and of the words around modals and other signs of the future.
"""

from __future__ import annotations

import zlib
from bisect import bisect_left
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from model.frames import add_frames
from model.sources import Attribution
from model.subjects import NAMED, OPEN, UNNAMED
from model.words import NAME_KEY, NUMBER_KEY, Sentence

Keys = npt.NDArray[np.uint32]
Rows = npt.NDArray[np.int64]

CHANNELS = ("words", "classes", "future")
WORDS, CLASSES, FUTURE = range(3)

_QUOTATION_KEY, _START_KEY, _END_KEY = 0x51, 0x5E, 0xED
_COLLAPSED = np.array([_QUOTATION_KEY, *(zlib.crc32(name) for name in (b"NAME", b"w", b"#"))], np.uint64)
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_AROUND_FUTURE = [offset for offset in range(-5, 7) if offset]


def ngrams(sentences: Sequence[Sentence]) -> tuple[Rows, Keys, npt.NDArray[np.int8]]:
    """(sentence number, hashed n-gram, channel) of every n-gram of an article, repetitions included."""
    lengths = [len(sentence.words) for sentence in sentences]
    row = np.repeat(np.arange(len(sentences)), lengths)
    words = [word for sentence in sentences for word in sentence.words]
    if not words:
        return np.empty(0, np.int64), np.empty(0, np.uint32), np.empty(0, np.int8)
    names = np.fromiter((name for sentence in sentences for name in sentence.names), bool, len(words))
    inside = np.fromiter((within for sentence in sentences for within in sentence.inside), bool, len(words))
    key = np.array([word.key for word in words], np.uint64)
    name_key = np.array([word.name_key for word in words], np.uint64)
    shown = np.where(names, name_key, key)
    classes = np.where(
        inside,
        np.uint64(_QUOTATION_KEY),
        np.where(
            names,
            np.array([word.name_class_key for word in words], np.uint64),
            np.array([word.class_key for word in words], np.uint64),
        ),
    )
    first = np.empty(len(row), bool)
    first[0] = True
    first[1:] = row[1:] != row[:-1]

    same = np.zeros(len(row), bool)
    same[1:] = ~first[1:] & (shown[1:] == shown[:-1]) & ((shown[1:] == NAME_KEY) | (shown[1:] == NUMBER_KEY))
    parts = [(*_ngrams(row[~same], shown[~same], 3, WORDS), WORDS)]

    same[1:] = ~first[1:] & (classes[1:] == classes[:-1]) & np.isin(classes[1:], _COLLAPSED)
    held, class_row = classes[~same], row[~same]
    begins = np.flatnonzero(first[~same])
    ends = np.append(begins[1:], len(held))
    held = np.insert(
        held, np.concatenate([begins, ends]), np.repeat(np.array([_START_KEY, _END_KEY], np.uint64), len(begins))
    )
    class_row = np.insert(class_row, np.concatenate([begins, ends]), np.tile(class_row[begins], 2))
    order = np.argsort(class_row, kind="stable")
    parts.append((*_ngrams(class_row[order], held[order], 4, CLASSES), CLASSES))

    signs = np.flatnonzero(np.fromiter((word.future for word in words), bool, len(words)))
    if len(signs):
        near = signs[:, None] + np.array(_AROUND_FUTURE)
        within = (near >= 0) & (near < len(row))
        within &= row[np.clip(near, 0, len(row) - 1)] == row[signs][:, None]
        sign, other = np.nonzero(within)
        neighbour = np.where(names[near[within]], np.uint64(NAME_KEY), key[near[within]])
        side = np.array(_AROUND_FUTURE)[other] > 0
        alone = _mix(neighbour * _MULTIPLIER + side.astype(np.uint64), FUTURE)
        paired = _mix((neighbour * _MULTIPLIER + key[signs[sign]]) * _MULTIPLIER + side.astype(np.uint64), FUTURE)
        sign_row = row[signs[sign]]
        parts.append((np.concatenate([sign_row, sign_row]), np.concatenate([alone, paired]), FUTURE))
    rows, keys, channels = zip(*parts, strict=True)
    return (
        np.concatenate(rows),
        np.concatenate(keys),
        np.repeat(np.array(channels, np.int8), [len(part) for part in rows]),
    )


def _ngrams(row: Rows, key: npt.NDArray[np.uint64], longest: int, channel: int) -> tuple[Rows, Keys]:
    rows, keys = [row], [_mix(key * _MULTIPLIER, channel)]
    gram = key
    for n in range(1, longest):
        gram = gram[:-1] * _MULTIPLIER + key[n:]
        whole = row[n:] == row[:-n]
        rows.append(row[n:][whole])
        keys.append(_mix(gram[whole] * _MULTIPLIER + np.uint64(n), channel))
    return np.concatenate(rows), np.concatenate(keys)


def _mix(key: npt.NDArray[np.uint64], channel: int) -> Keys:
    """The upper half of a multiplicative hash; channels get disjoint-looking keys."""
    key = (key ^ (key >> np.uint64(29)) ^ np.uint64(channel * 0x1F123BB5)) * _MULTIPLIER
    return (key >> np.uint64(32)).astype(np.uint32)


def named_features(sentences: Sequence[Sentence]) -> list[dict[str, float]]:
    """The features of the analysis, a dictionary a sentence. The part of a name before ":" is its group."""
    features = []
    for number, sentence in enumerate(sentences):
        found: dict[str, float] = {}
        _place(sentence, found)
        _speech(sentence, found)
        strong = [cue for cue in sentence.cues if cue.strong and not cue.negated and cue.pattern != "infinitive"]
        for cue in sentence.cues:
            _cue(cue, found)
        _coverage(sentence, strong, found)
        _lexical(sentence, found)
        _speaker(sentences, number, bool(strong), found)
        _future(sentence, found)
        features.append(found)
    add_frames(sentences, features)
    return features


def _place(sentence: Sentence, found: dict[str, float]) -> None:
    length = sentence.length
    found["place:index"] = min(20, sentence.paragraph) / 20
    found["place:siblings"] = min(6, sentence.siblings) / 6
    found["place:length"] = min(50, length) / 50
    if sentence.position == 0:
        found["place:first"] = 1
    if sentence.last:
        found["place:last"] = 1
    if sentence.siblings == 1:
        found["place:alone"] = 1
    if sentence.paragraph < 2:
        found[f"place:paragraph={sentence.paragraph}"] = 1
    if length < 6:
        found["place:short"] = 1
    words = sentence.words
    proper = [number for number, word in enumerate(words) if word.alnum]
    outside = [number for number in proper if not sentence.inside[number]]
    if proper:
        first = words[proper[0]]
        shape = "NAME" if sentence.names[proper[0]] else first.low if first.function else "w"
        found["edge:first=" + first.low] = 1
        found["edge:last=" + words[proper[-1]].low] = 1
        found["edge:shape=" + shape] = 1
    found["edge:first_outside=" + (words[outside[0]].low if outside else "-")] = 1
    found["edge:last_outside=" + (words[outside[-1]].low if outside else "-")] = 1


def _speech(sentence: Sentence, found: dict[str, float]) -> None:
    quoted = sentence.quoted
    found["speech:share"] = quoted
    found[f"speech:share={int(quoted * 4.99)}"] = 1
    if quoted > 0.95:
        found["speech:all"] = 1
    for held, name in (
        (sentence.starts_inside, "speech:starts_inside"),
        (sentence.ends_inside, "speech:ends_inside"),
        (sentence.runs_on, "speech:runs_on"),
        (sentence.closing_alone, "speech:closing_alone"),
        (not sentence.quotations, "speech:none"),
        (bool(sentence.words) and sentence.words[0].low == '"', "speech:opens"),
    ):
        if held:
            found[name] = 1
    found["speech:quotations"] = min(3, len(sentence.quotations))
    for quotation in sentence.quotations:
        first, stop = bisect_left(sentence.starts, quotation.start), bisect_left(sentence.starts, quotation.end)
        length = sum(word.alnum for word in sentence.words[first:stop])
        last = next((word.low for word in reversed(sentence.words[first:stop]) if word.low != '"'), "")
        size = "1" if length <= 1 else "2-3" if length <= 3 else "4-6" if length <= 6 else "7+"
        found[f"speech:size={size}{'.' if last and last in '.,!?…' else ''}"] = 1


def _cue(cue: Attribution, found: dict[str, float]) -> None:
    strength = "!" if cue.strong else ""
    verb, kind, pattern, clause = cue.lemma, cue.kind + strength, cue.pattern, "clause" if cue.clause else ""
    subject, refers, following = cue.subject, cue.refers, cue.following
    for name in (
        f"cue:{kind}", f"cue:{kind}|{pattern}", f"cue:{kind}|{cue.form}|{cue.auxiliary}", f"cue:{kind}|{clause}",
        f"cue:verb={verb}", f"cue:verb={verb}|{pattern}", f"cue:verb={verb}|next={following}",
        f"cue:verb={verb}|{clause}", f"cue:{kind}|next={following}",
        f"subject:{subject}", f"subject:{subject}|{strength}", f"subject:{subject}|{kind}",
        f"subject:{subject}|{pattern}", f"subject:{subject}|verb={verb}",
        f"subject:{subject}|{strength}|{pattern}|{clause}", f"subject:head={cue.head}",
        f"memory:{refers}", f"memory:{refers}|{strength}", f"memory:{refers}|{subject}",
        f"memory:{refers}|{kind}|{pattern}",
    ):  # fmt: skip
        found[name] = 1
    if cue.negated:
        found["cue:negated"] = 1
        found[f"cue:negated|{verb}"] = 1
    quarter = int(cue.coverage * 3.99)
    found[f"coverage:{kind}|{quarter}"] = 1
    found[f"coverage:{strength}|{pattern}|{quarter}"] = 1
    found[f"coverage:{refers}|{strength}|{quarter}"] = 1


def _coverage(sentence: Sentence, strong: Sequence[Attribution], found: dict[str, float]) -> None:
    most = {NAMED: 0.0, UNNAMED: 0.0, OPEN: 0.0}
    for cue in strong:
        most[cue.refers] = max(most[cue.refers], cue.coverage)
    for refers, coverage in most.items():
        if coverage:
            found[f"coverage:most={refers}"] = coverage
    found["coverage:any"] = max(most.values())
    if most[UNNAMED] > most[NAMED]:
        found["coverage:unnamed_more"] = 1
    if not sentence.cues:
        found["cue:none"] = 1
    found["cue:strong"] = min(3, len(strong))
    best = "-"
    if most[NAMED] > max(most[UNNAMED], most[OPEN], 0.3):
        best = NAMED
    elif most[UNNAMED] > max(most[OPEN], 0.3):
        best = UNNAMED
    elif most[OPEN] > 0.3:
        best = OPEN
    found[f"coverage:best={best}|speech={int(sentence.quoted * 2.99)}"] = 1


def _lexical(sentence: Sentence, found: dict[str, float]) -> None:
    """Hearsay, beliefs, unnamed groups and vehicles of statements outside speech."""
    words = sentence.words
    if sentence.anonymity is not None:
        found["lexical:anonymity"] = 1
    for number, word in enumerate(words):
        if sentence.inside[number]:
            continue
        if word.hearsay:
            found["lexical:hearsay"] = 1
            found["lexical:hearsay=" + word.low] = 1
            found[f"lexical:hearsay|{4 * number // len(words)}"] = 1
        if word.belief_noun:
            following = words[number + 1].low if number + 1 < len(words) else ""
            found["lexical:belief"] = 1
            found["lexical:belief=" + word.low] = 1
            found[f"lexical:belief={word.low}|next={following}"] = 1
        if word.statement_noun:
            found["lexical:statement=" + word.low] = 1
            found[f"lexical:statement={word.low}|before={words[number - 1].low if number else ''}"] = 1
        if word.roles:
            found["lexical:group"] = 1
            found["lexical:group=" + word.low] = 1
        if word.spokesperson:
            found["lexical:spokesperson"] = 1
        if word.quantity:
            found["lexical:quantity=" + word.low] = 1


def _speaker(sentences: Sequence[Sentence], number: int, has_strong: bool, found: dict[str, float]) -> None:
    sentence = sentences[number]
    person, group = sentence.memory
    if sentence.quoted > 0.3:
        for way, others in (
            ("behind", range(number - 1, max(-1, number - 8), -1)),
            ("ahead", range(number + 1, min(len(sentences), number + 8))),
        ):
            nearest = "-"
            for other in (sentences[i] for i in others):
                apart = abs(other.paragraph - sentence.paragraph)
                if apart > (way == "behind"):
                    break
                if other.main_cue is not None and other.main_cue.strong:
                    nearest = other.main_cue.refers + ("" if apart else "|same")
                    break
            found[f"chain:{way}={nearest}"] = 1
            found[f"chain:{way}={nearest}|{has_strong}"] = 1
        found[f"chain:person={person}"] = 1
        found[f"chain:person={person}|group={group}"] = 1
    else:
        first = sentence.words[0].low if sentence.words else ""
        found[f"chain:plain|person={person}|{first if first in ('he', 'she', 'they', 'it') else ''}"] = 1
    if sentence.speaker:
        found["speaker:" + sentence.speaker] = 1
        found[f"speaker:{sentence.speaker}|{sentence.speaker_found}"] = 1
        found[f"speaker:{sentence.speaker}|all={sentence.quoted > 0.9}"] = 1
        found["speaker:found=" + sentence.speaker_found] = 1
    else:
        found["speaker:own=" + sentence.own_source] = 1
    if sentence.position:
        previous = sentences[number - 1]
        state = "Q" if previous.quoted > 0.6 else "-"
        own = sentence.own_cue.refers if sentence.own_cue else ""
        spoken = previous.speaker or previous.own_source
        found[f"speaker:previous={spoken}|{state}|{'Q' if sentence.quoted > 0.6 else '-'}|{own}"] = 1


def _future(sentence: Sentence, found: dict[str, float]) -> None:
    words, names = sentence.words, sentence.names
    count = len(words)
    signs = 0
    for number, word in enumerate(words):
        if not word.future:
            continue
        signs += 1
        low = word.low
        where = "in" if sentence.inside[number] else "out"
        following = words[number + 1].low if number + 1 < count else "</s>"
        after = words[number + 2].low if number + 2 < count else "</s>"
        before = ("<name>" if names[number - 1] else words[number - 1].low) if number else "<s>"
        for name in (
            f"sign:{low}", f"sign:{low}|{where}", f"sign:{low}_{following}", f"sign:{before}_{low}",
            f"sign:{low}_{following}_{after}", f"sign:{low}|{3 * number // count}",
        ):  # fmt: skip
            found[name] = 1
        if word.modal:
            subject = _PERSONS.get(before, "noun")
            found[f"sign:subject={subject}|{low}|{where}"] = 1
            if following == "have" or (following in ("not", "also", "likely") and after == "have"):
                found["sign:past"] = 1
                found["sign:past|" + low] = 1
            governing = "-"
            for cue in sentence.cues:
                if 0 < number - cue.at < 15:
                    governing = cue.kind + ("!" if cue.strong else "")
            found[f"sign:under={governing}|{low}"] = 1
    found["sign:signs"] = min(4, signs)
    found[f"sign:signs={min(2, signs)}"] = 1


_PERSONS = {"we": "first", "i": "first", "he": "third", "she": "third", "they": "third", "it": "it", "this": "it",
            "that": "it", "there": "it", "which": "it", "who": "who", "<name>": "name"}  # fmt: skip
