"""Words with their offsets."""

import pytest
from hypothesis import given

from model.lexicon import lexicon
from model.words import Vocabulary, read_article
from tests.model.test_properties import ARTICLES, RUN

VOCABULARY = Vocabulary(lexicon("en"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mr. Smith of Acme Inc. left", "Mr.|Smith|of|Acme|Inc.|left"),
        ("He moved to the U.S. at 5 a.m.", "He|moved|to|the|U.S.|at|5|a.m."),
        ("J. K. Rowling", "J.|K.|Rowling"),
        ("It rose 3.5%, to 5,000.", "It|rose|3.5|%|,|to|5,000|."),
        ("AT&T's well-known boss doesn’t", "AT&T|'s|well-known|boss|doesn't"),
        ("wait... what -- no", "wait|...|what|--|no"),
        ("a  b\u00a0c\u2028d", "a|b|c|d"),
        ("Cafe\u0301 Brücke", "Cafe\u0301|Brücke"),
    ],
)
def test_a_sentence_falls_into_words(text, words):
    [sentence] = read_article([text], VOCABULARY)
    assert "|".join(word.surface for word in sentence.words) == words


@RUN
@given(ARTICLES)
def test_every_word_stands_where_its_offset_says(article):
    for sentence in read_article(article, VOCABULARY):
        text = article[sentence.paragraph].replace("’", "'").replace("‘", "'")
        assert len(sentence.starts) == len(sentence.words) == len(sentence.names) == len(sentence.inside)
        assert sentence.starts == sorted(set(sentence.starts))
        assert all(sentence.start <= start < sentence.end for start in sentence.starts)
        for start, word in zip(sentence.starts, sentence.words, strict=True):
            if word.alnum:
                assert text.startswith(word.surface, start)
