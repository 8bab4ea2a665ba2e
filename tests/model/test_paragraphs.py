"""The rule that makes the label of a paragraph from its sentences.

A case spells its sentences as code and number of words: "A12 NF8" is a named claim of twelve words and a forecast of
eight in the outlet's own voice.
"""

import math

import numpy as np
import pytest

from model.lexicon import lexicon
from model.paragraphs import Calibration, Kind, also_of, evidence, label_of, shares_of

SOURCES = {"N": "none", "A": "named", "U": "unnamed", "X": None}
LABELS = lexicon().labels
REPORTED, ATTRIBUTED, ANONYMOUS, FORECAST = LABELS.names


def sentences(case: str) -> list[Kind]:
    return [Kind(SOURCES[each[0]], each[1:2] == "F", int(each.lstrip("NAUXF"))) for each in case.split()]


@pytest.mark.parametrize(
    ("case", "label", "also"),
    [
        # one sentence
        ("N12", REPORTED, ()),
        ("A15", ATTRIBUTED, ()),
        ("U15", ANONYMOUS, ()),
        ("NF10", FORECAST, ()),
        ("AF10", FORECAST, (ATTRIBUTED,)),
        ("UF10", FORECAST, (ANONYMOUS,)),
        # what covers most of the words
        ("N11 A10", REPORTED, (ATTRIBUTED,)),
        ("N10 A11", ATTRIBUTED, (REPORTED,)),
        ("A10 U11", ANONYMOUS, (ATTRIBUTED,)),
        ("A11 U10", ATTRIBUTED, (ANONYMOUS,)),
        ("N12 A6 U7", ANONYMOUS, (REPORTED, ATTRIBUTED)),
        ("N12 A7 U6", ATTRIBUTED, (REPORTED, ANONYMOUS)),
        ("N14 A6 U7", REPORTED, (ATTRIBUTED, ANONYMOUS)),
        ("N9 NF10", FORECAST, (REPORTED,)),
        ("N11 NF10", REPORTED, (FORECAST,)),
        ("N5 AF6 U9", ANONYMOUS, (REPORTED, ATTRIBUTED, FORECAST)),
        ("N10 NF5 A6", REPORTED, (ATTRIBUTED, FORECAST)),
        # halves and ties
        ("N10 A10", ATTRIBUTED, (REPORTED,)),
        ("A10 U10", ANONYMOUS, (ATTRIBUTED,)),
        ("N10 A5 U5", ANONYMOUS, (REPORTED, ATTRIBUTED)),
        ("N10 AF10", FORECAST, (REPORTED, ATTRIBUTED)),
        ("A10 UF10", FORECAST, (ATTRIBUTED, ANONYMOUS)),
        ("N10 N10 N10 A10 A10 A10", ATTRIBUTED, (REPORTED,)),
        # what is no statement does not count
        ("X30 A10 N9", ATTRIBUTED, (REPORTED,)),
        ("X1 N10", REPORTED, ()),
        ("X5 X9", None, ()),
    ],
)
def test_the_label_and_what_else_a_paragraph_holds(case, label, also):
    found = label_of(sentences(case), LABELS)
    assert (found, also_of(sentences(case), found, LABELS)) == (label, also)


def test_a_paragraph_without_sentences_has_no_label():
    assert (label_of([], LABELS), also_of([], None, LABELS)) == (None, ())
    assert shares_of([], LABELS) == dict.fromkeys(LABELS.names, 0.0)


@pytest.mark.parametrize("words", [1, 3, 7, 49, 1_000_003])
@pytest.mark.parametrize("number", [2, 6, 14, 98])
def test_half_of_the_words_is_half_whatever_the_rounding(words, number):
    """Sums of many small shares miss 0.5 by a rounding error."""
    halves = [Kind("none", False, words)] * (number // 2) + [Kind("unnamed", False, words)] * (number // 2)
    assert label_of(halves, LABELS) == ANONYMOUS
    forecast = [Kind("none", False, words)] * (number // 2) + [Kind("none", True, words)] * (number // 2)
    assert label_of(forecast, LABELS) == FORECAST


@pytest.mark.parametrize(
    ("case", "shares"),
    [
        ("N10 A30", (0.25, 0.75, 0, 0)),
        ("N10 A30 X60", (0.25, 0.75, 0, 0)),
        ("NF10 A20 UF10", (0.25, 0.5, 0.25, 0.5)),
        ("X10", (0, 0, 0, 0)),
    ],
)
def test_shares_are_of_the_words_of_statements_and_a_forecast_counts_for_its_source_too(case, shares):
    found = shares_of(sentences(case), LABELS)
    assert all(math.isclose(found[label], share) for label, share in zip(LABELS.names, shares, strict=True))


def test_the_chance_of_a_label_rises_with_its_score_and_stays_within_what_was_seen():
    calibration = Calibration(slopes=[2.0, 1.0, -1.0], scores=[0.0, 2.0, 3.0], chances=[0.2, 0.6, 0.9])
    found = np.array([(0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (1.0, 1.0), (1.0, 1.5), (2.0, 2.0)])  # -1, 0, 1, 2, 2.5, 5
    assert calibration.chance(found) == pytest.approx([0.2, 0.2, 0.4, 0.6, 0.75, 0.9])


def test_the_evidence_for_a_label_is_that_of_the_statements_in_its_group():
    #                outlet, named, unnamed; forecast; statement
    probabilities = np.array([
        [0.7, 0.2, 0.1, 0.1, 0.9],
        [0.1, 0.3, 0.6, 0.8, 0.9],
        [0.9, 0.1, 0.0, 0.1, 0.1],  # a byline
    ])  # fmt: skip
    kinds = [Kind("none", False, 10), Kind("unnamed", True, 30), Kind(None, False, 5)]
    alone, both = evidence(probabilities, kinds, [[1], [2], [0, 1, 2], []], 0.5)
    # Margins of forecast, claim, and between the claims; sureness and margin, least and mean; how many; what holds.
    assert alone == pytest.approx([0.3, 0.4, 0.3 * 0.9, 0.6, 0.6, 0.3, 0.3, 0, 1, 1, 1])
    claim = 0.25 * 0.3 + 0.75 * 0.9
    unnamed, named = 0.25 * 0.1 + 0.75 * 0.6, 0.25 * 0.2 + 0.75 * 0.3
    assert both == pytest.approx(
        [0.125, claim - 0.5, (unnamed - named) * claim, 0.6, 0.625, 0.3, 0.325, math.log(2), 1, 1, 1]
    )
    assert not len(evidence(probabilities, kinds, [[2], []], 0.5))
