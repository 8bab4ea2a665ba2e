"""Sentence boundaries. A bar in a case parts the sentences; the space at its place is in neither."""

import pytest

from model.sentences import split_sentences

CASES = [
    # abbreviations
    "Mr. Smith met Dr. Jones on Jan. 5.|They spoke.",
    "The U.S. Senate voted.|The bill passed.",
    "He lives in the U.S.|She lives in Rome.",
    "He grew up in Washington, D.C.|Then he moved.",
    "At 5 p.m. the siren went.|It was loud.",
    "It ended at 5 p.m.|The crowd left.",
    "Acme Inc. said so.|Gov. Lee and Sen. Ruiz agreed.",
    "Lt. Col. Jane Doe and Maj. Gen. Lee left.|They flew.",
    "Rep. John Lewis, D-Ga., spoke.|He sat.",
    "Ms. Ruiz v. Lee et al. was heard.|It ended.",
    "The St. Louis firm, e.g. its lawyers, i.e. all two, left.",
    "It rose 3.5 per cent.|No. 10 declined to comment.",
    "It cost $1.5bn.|That is a lot.",
    "The firm — Acme Co. — closed.|It was sad.",
    # initials
    "J. K. Rowling and George W. Bush met.",
    "Prof. A. Beker of St. Mary's spoke.",
    # other ends
    "Is that so?|Yes!|It is…",
    "Wait... what?|Fine.",
    "Wow!!!|Really?!|Yes.",
    "Yahoo! said it would close.",
    "Visit www.example.com for more.|It is new.",
    # speech
    "“We lost.|We know it,” he said.|“Go home.”",
    '"We lost.|We know it," he said.|"Go home."',
    "''We lost.|We know it,'' he said.|''Go home.''",
    "‘We lost.|We know it,’ he said.|‘Go home.’",
    "«We lost.|We know it,» he said.|«Go home.»",
    "“We lost.|We know it.”|He left.",
    "He asked: “Who was it?”|Nobody answered.",
    'He said "no."|She said "yes."',
    "“He told me ‘never again.’”|She left.",
    "“This quotation is never closed.|It goes on.|And on.",
]


@pytest.mark.parametrize("case", CASES)
def test_a_paragraph_is_split_at_the_bars(case):
    text = case.replace("|", " ")
    assert "|".join(text[start:end] for start, end in split_sentences(text)) == case


@pytest.mark.parametrize("text", ["", " ", "\n \u3000", "\u00a0"])
def test_a_blank_paragraph_has_no_sentence(text):
    assert split_sentences(text) == []


@pytest.mark.parametrize("text", ["…", "“”", "* * *", "?!", "1.", "Yes", "🙂🙂", ".A", "مرحبا بالعالم.", "a\u0301."])
def test_every_other_paragraph_has_sentences_that_hold_all_but_its_space(text):
    spans = split_sentences(text)
    assert "".join(text[start:end] for start, end in spans).replace(" ", "") == text.replace(" ", "")


def test_space_around_and_between_sentences_belongs_to_none():
    text = "  \t It rained.   \u00a0 It stopped.\n "
    assert [text[start:end] for start, end in split_sentences(text)] == ["It rained.", "It stopped."]


def test_offsets_count_code_points():
    text = "🙂🙂 It rained. 🙂 It stopped."
    assert [text[start:end] for start, end in split_sentences(text)] == ["🙂🙂 It rained.", "🙂 It stopped."]


def test_a_megabyte_without_a_full_stop_is_one_sentence():
    text = "and so on " * 100_000
    assert split_sentences(text) == [(0, len(text) - 1)]
