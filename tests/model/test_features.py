"""Templates, the things they are applied to, and the columns of what they find."""

import numpy as np
import pytest

from model import features, frames, templates
from model.hashes import KeyTable
from model.lexicon import lexicon
from model.sources import find_sources
from model.space import FeatureSpace
from model.templates import GROUPS, Templates, conjoin
from model.words import Vocabulary, WordTable, read_article

VOCABULARY = Vocabulary(lexicon("en"))
# Something of everything that templates name.
ARTICLE = [
    "Short news",
    "It was cold in the town.",
    "Anna Weber, a doctor, said on Monday that many officials “will not go.” If it rains, prices could have doubled.",
    "“We lost the shop. We know it,” a man who declined to be named said. He did not deny it.",
    "According to the report, 30 percent of residents may soon leave. Allegedly, we and you are going to be next.",
    "It is late. She left the house on Tuesday. The spokesman spoke of fears that plants would be closed.",
    "“The market will fall,” analysts said. “And then it will rise.",
    "“Nobody knows,” he added.” It was a belief that critics shared.",
]


def analyse(paragraphs):
    sentences = read_article(paragraphs, VOCABULARY)
    find_sources(sentences)
    return sentences


def keys(text: str, *things: dict) -> list[list[int]]:
    """The features of each thing."""
    rows, found, _ = conjoin([(Templates(text), enumerate(things))])
    return [found[rows == number].tolist() for number in range(len(things))]


def test_a_template_gives_one_feature_for_each_combination_of_values():
    same, again, other = keys("cue: a & b", {"a": "x", "b": 1}, {"a": "x", "b": 1}, {"a": "x", "b": 2})
    assert len(same) == 1
    assert same == again != other


def test_which_attribute_has_a_value_matters():
    (one,), (two,) = keys("cue: a & b", {"a": "x", "b": "y"}, {"a": "y", "b": "x"})
    assert one != two


def test_a_template_does_not_apply_where_an_attribute_is_missing():
    assert [len(found) for found in keys("cue: a, b, a & b", {"a": "x", "b": ""}, {"a": 0}, {})] == [3, 1, 0]


def test_templates_of_two_groups_or_names_never_share_a_feature():
    ((one, two, three),) = keys("cue: a, b\nmemory: a", {"a": "x", "b": "x"})
    assert len({one, two, three}) == 3


def test_the_key_of_a_feature_does_not_depend_on_what_was_seen_before():
    before = keys("cue: a & b", {"a": "x", "b": True})
    templates._codes.clear()
    keys("cue: a & b", {"a": 1, "b": "other"})
    assert keys("cue: a & b", {"a": "x", "b": 1}) == before


def test_an_attribute_that_no_template_names_is_refused():
    with pytest.raises(ValueError, match="other attributes than a"):
        keys("cue: a", {"a": 1, "misspelt": 1})


@pytest.mark.parametrize("text", ["nosuchgroup: a", "cue: a & b & c & d & e"])
def test_a_template_of_no_group_or_of_too_many_attributes_is_refused(text):
    with pytest.raises(ValueError, match=r"tuple|at most"):
        Templates(text)


def test_every_attribute_that_a_template_names_is_found_in_some_article(monkeypatch):
    found = []

    def watch(kinds):
        for kind, things in kinds:
            named = {name for _, thing in things for name in thing}
            found.append(kind.attributes - named)
        return conjoin([])

    monkeypatch.setattr(features, "conjoin", watch)
    sentences = analyse(ARTICLE)
    features.conjunctions(sentences, WordTable(sentences))
    assert len(found) == sum(isinstance(each, Templates) for each in [*vars(features).values(), *vars(frames).values()])
    assert set().union(*found) == set()


def test_every_group_has_a_feature():
    sentences = analyse(ARTICLE)
    table = WordTable(sentences)
    assert len(features.ngrams(table)[0])
    found = {GROUPS[number] for number in features.conjunctions(sentences, table)[2]}
    assert {"words", *found} == set(GROUPS)


def test_counts_places_and_ends_of_a_mask_agree_with_the_words():
    sentences = analyse(ARTICLE)
    table = WordTable(sentences)
    mask = table["alnum"] & ~table.inside
    held = [[at for at, word in enumerate(s.words) if word.alnum and not s.inside[at]] for s in sentences]
    assert table.counts(mask) == [len(row) for row in held]
    assert table.places(mask) == [(number, at) for number, row in enumerate(held) for at in row]
    first, last = table.ends(mask)
    for number, row in enumerate(held):
        assert first[number] == (table.starts[number] + row[0] if row else -1)
        assert last[number] == (table.starts[number] + row[-1] if row else -1)


def test_what_too_few_sentences_have_gets_no_column():
    sentences = analyse(ARTICLE)
    wide, narrow = FeatureSpace(least=1).fit([sentences]), FeatureSpace(least=2).fit([sentences])
    assert set(narrow.keys_) < set(wide.keys_)
    columns = wide.columns(sentences, WordTable(sentences))[1]
    met = np.bincount(columns, minlength=wide.width)[: len(wide.keys_)]
    assert set(wide.keys_[met >= 2]) == set(narrow.keys_)


def test_every_learnt_feature_is_found_again_and_no_other():
    space = FeatureSpace(least=1).fit([analyse(ARTICLE)])
    count = len(space.keys_)
    assert space._table.find(space.keys_).tolist() == list(range(count))
    others = np.setdiff1d(np.append(space.keys_ + np.uint32(1), np.array([0, 2**32 - 1], np.uint32)), space.keys_)
    assert set(space._table.find(others).tolist()) == {count}


@pytest.mark.parametrize("known", [[], [0], [2**32 - 1], [0, 1, 2, 3, 2**31, 2**32 - 2, 2**32 - 1]])
def test_a_table_of_any_hashes_finds_them_and_no_other(known):
    table, asked = KeyTable(np.array(known, np.uint32)), [0, 1, 4, 2**31, 2**32 - 2, 2**32 - 1]
    found = table.find(np.array(asked, np.uint32)).tolist()
    assert found == [known.index(key) if key in known else len(known) for key in asked]


def test_ngrams_are_of_unit_length_and_conjunctions_count_once():
    sentences = analyse(ARTICLE)
    space = FeatureSpace(least=1).fit([sentences])
    rows, columns, values = space.columns(sentences, WordTable(sentences))
    group = space.groups()
    for number, name in enumerate(GROUPS):
        here = group[columns] == number
        if name == "words":
            squares = np.bincount(rows[here], values[here] ** 2)
            assert np.allclose(squares[squares > 0], 1)
        else:
            assert set(values[here & (columns < len(space.keys_))]) <= {1.0}
    assert len(set(zip(rows.tolist(), columns.tolist(), strict=True))) == len(rows)
    assert space.transform(sentences, WordTable(sentences)).shape == (len(sentences), space.width)


def test_an_article_is_read_alike_alone_and_by_a_space_that_was_stored():
    sentences = analyse(ARTICLE)
    space = FeatureSpace(least=1).fit([sentences])
    stored = FeatureSpace.__new__(FeatureSpace)
    stored.__setstate__(space.__getstate__())
    table = WordTable(sentences)
    for one, two in zip(space.columns(sentences, table), stored.columns(sentences, table), strict=True):
        assert (one == two).all()
