"""What holds for every text: offsets, order, determinism, shares, and the label rule."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from model.lexicon import lexicon
from model.paragraphs import Kind, also_of, label_of, shares_of
from model.quotations import find_quotations
from model.sentences import split_sentences

LABELS = lexicon().labels
REPORTED, ATTRIBUTED, ANONYMOUS, FORECAST = LABELS.names
LABEL_OF = {"none": REPORTED, "named": ATTRIBUTED, "unnamed": ANONYMOUS}

# News in pieces, so that random text reaches the analysis, among anything at all.
PIECES = st.sampled_from(
    [
        *["Anna Weber ", "Weber ", "the expert ", "officials ", "she ", "police ", "a man in the crowd ", "CNN "],
        *["said ", "said that ", "told reporters ", "according to ", "is believed to ", "allegedly ", "warned "],
        *["the bridge was safe", "prices could double", "it will rain", "on Monday", "on condition of anonymity"],
        *[". ", ", ", "? ", ": ", " — ", "… ", "\n", "“", "”", "‘", "’", '"', "'", "''", "«", "»", "’s ", "(", ")"],
        *["Mr. ", "U.S. ", "J. K. ", "\u00a0", "🙂", "e\u0301", "\ud800", "\x00", "\u202e", "Brücke ", "橋。"],
    ]
)
PARAGRAPHS = st.lists(PIECES, max_size=14).map("".join) | st.text(st.characters(), max_size=60)
ARTICLES = st.lists(PARAGRAPHS, max_size=5)
KINDS = st.builds(Kind, st.sampled_from(["none", "named", "unnamed"]), st.booleans(), st.integers(1, 60)) | st.builds(
    Kind, st.none(), st.just(False), st.integers(0, 60)
)
RUN = settings(max_examples=150, deadline=None)  # a busy machine may stall


@RUN
@given(PARAGRAPHS)
def test_sentences_are_disjoint_ordered_and_lose_nothing_but_space(text):
    text = text.encode(errors="replace").decode()  # lone surrogates are taken out before
    spans = split_sentences(text)
    bounds = [bound for span in spans for bound in span]
    assert bounds == sorted(bounds)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    gaps = zip([0, *(end for _, end in spans)], [*(start for start, _ in spans), len(text)], strict=True)
    assert not any(text[start:end].strip() for start, end in gaps)


@RUN
@given(ARTICLES)
def test_quotations_are_disjoint_and_ordered_and_only_the_last_of_a_paragraph_is_left_open(article):
    for text, row in zip(article, find_quotations(article), strict=True):
        bounds = [bound for quotation in row for bound in (quotation.start, quotation.end)]
        assert bounds == sorted(bounds)
        assert all(0 <= quotation.start <= quotation.end <= len(text) for quotation in row)
        assert all(quotation.closed for quotation in row[:-1])
        assert not any(quotation.runs_on for quotation in row[1:])


@RUN
@given(ARTICLES)
def test_every_offset_of_an_answer_points_at_its_text(labeller, article):
    found = labeller.label(article)
    assert [paragraph.index for paragraph in found.paragraphs] == list(range(len(article)))
    for text, paragraph in zip(article, found.paragraphs, strict=True):
        end = 0
        for sentence in paragraph.sentences:
            assert end <= sentence.start < sentence.end <= len(text)
            end = sentence.end
            assert text[sentence.start : sentence.end].strip()
            for cue in sentence.cues:
                assert sentence.start <= cue.start < cue.end <= sentence.end
            if speaker := sentence.speaker:
                assert article[speaker.paragraph][speaker.start : speaker.end] == speaker.text
                assert speaker.text.strip()


@RUN
@given(ARTICLES)
def test_labels_follow_from_the_sentences_by_the_rule_and_shares_add_up(labeller, article):
    found = labeller.label(article)
    for paragraph in found.paragraphs:
        statements = [sentence for sentence in paragraph.sentences if sentence.source is not None]
        sources = sum(paragraph.shares[label] for label in (REPORTED, ATTRIBUTED, ANONYMOUS))
        assert math.isclose(sources, 1 if statements else 0, abs_tol=1e-9)
        assert all(0 <= share <= 1 + 1e-9 for share in paragraph.shares.values())
        assert (paragraph.label is None) == (not statements)
        if statements:
            _check_rule(paragraph)
        assert 0 <= paragraph.confidence <= 1
        for sentence in paragraph.sentences:
            assert 0 <= sentence.confidence <= 1
            assert sentence.source in (None, "none", "named", "unnamed")
            assert not (sentence.forecast and sentence.source is None)
            assert not (sentence.speaker and sentence.source not in ("named", "unnamed"))


def _check_rule(paragraph) -> None:
    """The definition, written out once more."""
    shares, slack = paragraph.shares, 1e-6
    claimed = shares[ATTRIBUTED] + shares[ANONYMOUS]
    match paragraph.label:
        case "forecast":
            assert shares[FORECAST] >= 0.5 - slack
        case "anonymous_claim":
            assert shares[FORECAST] < 0.5
            assert claimed >= 0.5 - slack
            assert shares[ANONYMOUS] >= shares[ATTRIBUTED] - slack
        case "attributed_claim":
            assert shares[FORECAST] < 0.5
            assert claimed >= 0.5 - slack
            assert shares[ATTRIBUTED] > shares[ANONYMOUS]
        case "reported_fact":
            assert shares[FORECAST] < 0.5
            assert claimed < 0.5
    covered = {LABEL_OF[s.source] for s in paragraph.sentences if s.source and not (s.source == "none" and s.forecast)}
    covered |= {FORECAST for sentence in paragraph.sentences if sentence.forecast}
    assert set(paragraph.also) == covered - {paragraph.label}


@RUN
@given(ARTICLES)
def test_the_summary_agrees_with_the_sentences(labeller, article):
    found = labeller.label(article)
    summary = found.summary
    sources = sum(summary.shares[label] for label in (REPORTED, ATTRIBUTED, ANONYMOUS))
    assert math.isclose(sources, 1 if summary.words else 0, abs_tol=1e-9)
    assert sum(source.words for source in summary.sources) <= summary.words
    assert [source.words for source in summary.sources] == sorted((s.words for s in summary.sources), reverse=True)
    speaking = {paragraph.index for paragraph in found.paragraphs for each in paragraph.sentences if each.speaker}
    assert {index for source in summary.sources for index in source.paragraphs} == speaking


@RUN
@given(ARTICLES, ARTICLES)
def test_the_same_article_always_gets_the_same_labels(labeller, article, other):
    before = labeller.label(article)
    labeller.label(other)
    assert labeller.label(tuple(article)) == before


@RUN
@given(st.lists(KINDS, max_size=12), st.randoms(use_true_random=False))
def test_the_rule_asks_for_words_and_not_for_order(kinds, random):
    shuffled = random.sample(kinds, len(kinds))
    label = label_of(kinds, LABELS)
    assert label_of(shuffled, LABELS) == label
    assert also_of(shuffled, label, LABELS) == also_of(kinds, label, LABELS)
    shares = shares_of(kinds, LABELS)
    assert sum(shares.values()) >= sum(shares[each] for each in LABELS.names[:3])
    assert (label is None) == (not any(kind.source and kind.words for kind in kinds))
