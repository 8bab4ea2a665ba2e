"""`Labeller.label`: the labels of plain cases, the speaker it shows, and whatever else may be sent to it."""

import gc
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from model.lexicon import lexicon

REPORTED, ATTRIBUTED, ANONYMOUS, FORECAST = lexicon().labels.names

# An article in which "she" is Anna Weber; the sentence under test stands in the middle.
BEFORE = [
    "Anna Weber, who has run the harbour town since 2011, opened the new bridge on Monday.",
    "The bridge took four years to build. Two schools and a bakery stand on its northern side.",
    "Anna Weber said the town had waited long enough.",
]
AFTER = ["The old bridge was closed in March after a lorry broke through its railing."]


def label_within(labeller, *paragraphs: str):
    return labeller.label([*BEFORE, *paragraphs, *AFTER]).paragraphs[len(BEFORE) : len(BEFORE) + len(paragraphs)]


@pytest.mark.parametrize(
    ("sentence", "label", "also"),
    [
        ("Three people died when a bus left the road near Lima on Sunday.", REPORTED, ()),
        ("Three people died when a bus left the road near Lima on Sunday, police said.", ATTRIBUTED, ()),
        ("Three people died when a bus left the road near Lima on Sunday, officials said.", ANONYMOUS, ()),
        ("“We are starting over,” said another resident, Maria.", ATTRIBUTED, ()),
        ("A baker, who preferred to stay unnamed, said there was hope.", ANONYMOUS, ()),
        ("The mayor apologised to the families on Friday.", REPORTED, ()),
        ("She said the mayor had lied.", ATTRIBUTED, ()),
        ("The central bank will probably cut rates twice next year.", FORECAST, ()),
        ("Economists polled by the agency expect two cuts next year.", FORECAST, (ANONYMOUS,)),
        ("“If the rains fail, prices could double,” Mr Okoye warned.", FORECAST, (ATTRIBUTED,)),
        ("The company will close two plants in May, it said.", ATTRIBUTED, ()),
        ("Shops are reopening and children are back at school.", REPORTED, ()),
        ("The suspect allegedly sold the files to a rival.", ANONYMOUS, ()),
    ],
)
def test_the_worked_examples_of_the_definition_are_labelled_as_defined(labeller, sentence, label, also):
    [found] = label_within(labeller, sentence)
    assert (found.label, found.also) == (label, also)


def test_a_quotation_that_goes_on_keeps_its_unnamed_speaker(labeller):
    _, found = label_within(
        labeller,
        "A baker, who preferred to stay unnamed, said: “There is hope.",
        "“We only ask that this calm holds.”",
    )
    assert found.label == ANONYMOUS
    assert found.sentences[0].speaker.text == "A baker"
    assert found.sentences[0].speaker.paragraph == len(BEFORE)


@pytest.mark.parametrize(
    "text", ["Read more", "By Anna Weber", "Photo: A. Beker", "Advertisement", "Follow us on social media"]
)
def test_what_is_no_statement_has_no_label_and_counts_in_no_share(labeller, text):
    [found] = label_within(labeller, text)
    assert found.label is None
    assert not any(found.shares.values())
    assert found.also == ()
    whole, without = labeller.label([*BEFORE, text]).summary, labeller.label(BEFORE).summary
    assert whole.words == without.words


@pytest.mark.parametrize(
    ("paragraphs", "speaker"),
    [
        (["Three people died in the blast, police said."], "police"),
        (["Three people died in the blast, officials said."], "officials"),
        (["“We are starting over,” said another resident, Maria."], "Maria"),
        (["The bridge was safe, according to the ministry."], "the ministry"),
        (["The bridge was safe, Weber said."], "Anna Weber"),
        (["She said it would reopen."], "Anna Weber"),
        (["“It shook,” said Mara Dunne, who lives nearby. “Then the roof fell in.”"], "Mara Dunne"),
        (["A military expert told the agency that the line was thin.", "“It holds,” the expert said."],
         "A military expert"),
        (["Omar Diaz met her for a talk: “It is late. It is cold.”"], "Omar Diaz"),
        (["“It shook,” said Mara Dunne. The roof was old. “Then it fell in.”"], "Mara Dunne"),
        (["The bridge has aged badly, Omar Diaz said after it was found to shake."], "Omar Diaz"),
    ],
)  # fmt: skip
def test_the_speaker_shown_is_the_mention_that_tells_most(labeller, paragraphs, speaker):
    shown = label_within(labeller, *paragraphs)[-1].sentences[-1].speaker
    assert shown.text == speaker
    assert [*BEFORE, *paragraphs][shown.paragraph][shown.start : shown.end] == speaker


@pytest.mark.parametrize("sentence", ["We said it would last.", "“It holds,” I said."])
def test_no_speaker_is_shown_for_whoever_writes(labeller, sentence):
    [found] = label_within(labeller, sentence)
    assert found.sentences[0].speaker is None


@pytest.mark.parametrize(
    ("sentence", "cues"),
    [
        ("Three people died in the blast, police said.", [("said", "reporting")]),
        ("According to the ministry, three people died.", [("According to", "reporting")]),
        ("The suspect allegedly sold the files to a rival.", [("allegedly", "hearsay")]),
        ("A diplomat, speaking on condition of anonymity, said it was over.",
         [("on condition of anonymity", "anonymity"), ("said", "reporting")]),
        ("The mayor apologised to the families on Friday.", []),
    ],
)  # fmt: skip
def test_cues_are_the_words_that_mark_attribution(labeller, sentence, cues):
    [found] = label_within(labeller, sentence)
    assert [(sentence[cue.start : cue.end], cue.kind) for cue in found.sentences[0].cues] == cues


def test_the_summary_counts_words_and_sources_of_the_whole_article(labeller):
    paragraphs = [*BEFORE, "The bridge was safe, Weber said.", "Residents said it shook.", *AFTER]
    summary = labeller.label(paragraphs).summary
    assert summary.words == sum(len(text.split()) for text in paragraphs)
    assert [(s.name, s.kind, s.words, s.paragraphs) for s in summary.sources] == [
        ("Anna Weber", "named", 15, (2, 3)),
        ("Residents", "unnamed", 4, (4,)),
    ]


def test_explanations_are_added_on_request_and_change_nothing_else(labeller, article):
    plain, explained = labeller.label(article), labeller.label(article, explain=True)
    assert not any(sentence.reasons for paragraph in plain.paragraphs for sentence in paragraph.sentences)
    for before, after in zip(plain.paragraphs, explained.paragraphs, strict=True):
        assert (before.label, before.confidence) == (after.label, after.confidence)
        for sentence in after.sentences:
            assert sentence.reasons
            assert all(reason.text and reason.weight for reason in sentence.reasons)


SAID = "The bridge was safe, Anna Weber said. "
STRANGE = {
    "one word": ["Hello"],
    "one letter": ["a"],
    "punctuation": ["…?!—“”‘’.,;:()[]{}<>/\\|"],
    "full stops": ["." * 5000],
    "a lone mark": ['"', "“", "'", "’"],
    "digits": ["1 2 3", "1,000,000.50"],
    "emoji": ["🙂👩‍👩‍👧‍👦🏳️‍🌈🇫🇷", "“🙂,” said 🙂."],
    "right to left": ["قالت الشرطة إن ثلاثة أشخاص قتلوا في الانفجار.", "\u202e" + SAID, "אמר דובר המשטרה."],
    "control characters": ["\x00\x01\x02\x07\x1b[31m\x7f\x80\x9f", "The bridge\x00 was safe,\x0bpolice said.\x00"],
    "odd space": ["\ufeff\u200b\u200d\u2028\u2029\u3000\u00ad", "The bridge\u2028was safe,\u00a0police said."],
    "lone surrogates": ["\ud800", "\udfff\ud800", "The bridge \ud83d was safe, police \ude00 said."],
    "combining marks": ["\u0301" * 3000, "e\u0301" * 3000],
    "beyond the basic plane": ["𝒯𝒽𝑒 𝒷𝓇𝒾𝒹𝑔𝑒 was safe, police said.", "\U0010ffff" * 1000],
    "another language": ["Die Brücke sei sicher, sagte die Bürgermeisterin.", "この橋は安全だと市長は述べた。"],
    "one long word": ["a" * 100_000],
    "a megabyte without a full stop": ["and so on " * 100_000],
    "many marks": ["“" * 2000, "'" * 2000, "''" * 2000, "“said ” " * 2000, "'a' " * 2000],
    "many cues": ["said " * 2000, "said, " * 2000, "according to " * 2000, "will " * 2000],
    "many names": ["Anna Weber, " * 2000, "Anna " * 2000],
    "many paragraphs": [SAID] * 2000,
    "many blank paragraphs": ["", " ", "\n"] * 2000,
    "doubled commas": ["The expert, , said it was late.", "She ,, said the bridge.", ", , , said,,"],
    "markup": ["<script>alert(1)</script>", "{{ 7 * 7 }} %s %(x)s {0}"],
}  # fmt: skip


@pytest.mark.parametrize("paragraphs", STRANGE.values(), ids=STRANGE)
def test_strange_text_is_labelled(labeller, paragraphs):
    found = labeller.label(paragraphs, explain=sum(map(len, paragraphs)) < 10_000)
    assert len(found.paragraphs) == len(paragraphs)
    for text, paragraph in zip(paragraphs, found.paragraphs, strict=True):
        held = "".join(text[sentence.start : sentence.end] for sentence in paragraph.sentences)
        assert not text.strip() or held
        assert paragraph.label in (REPORTED, ATTRIBUTED, ANONYMOUS, FORECAST, None)
        assert 0 <= paragraph.confidence <= 1


@pytest.mark.parametrize("paragraphs", [[], (), [""], [" \n\t"], ["\u00a0", ""]])
def test_an_article_without_text_has_no_label(labeller, paragraphs):
    found = labeller.label(paragraphs)
    assert [(each.label, each.sentences) for each in found.paragraphs] == [(None, ())] * len(paragraphs)
    assert (found.summary.words, found.summary.sources) == (0, ())


def test_blank_paragraphs_keep_their_place(labeller):
    found = labeller.label(["", SAID, " ", SAID])
    assert [each.index for each in found.paragraphs] == [0, 1, 2, 3]
    assert [each.label for each in found.paragraphs] == [None, ATTRIBUTED, None, ATTRIBUTED]


@pytest.mark.parametrize(
    "paragraphs",
    ["It rained.", b"It rained.", [b"It rained."], ["It rained.", None], [1], [["It rained."]], None, 7, {"a": "b"}],
    ids=repr,
)
def test_whatever_is_no_list_of_strings_is_refused(labeller, paragraphs):
    with pytest.raises(ValueError, match="list of strings"):
        labeller.label(paragraphs)


def test_threads_that_label_at_once_leave_garbage_collection_on(labeller, monkeypatch):
    entered, leave, label = threading.Event(), threading.Event(), labeller._label

    def slow(paragraphs, explain):
        if paragraphs == ["Slow."]:
            entered.set()
            leave.wait(10)
        return label(paragraphs, explain)

    def asked() -> bool:
        found = gc.isenabled()
        if entered.is_set():  # by the second thread, which goes on once the first is done
            leave.set()
            first.result()
        return found

    monkeypatch.setattr(labeller, "_label", slow)
    monkeypatch.setattr("model.labeller.gc", SimpleNamespace(enable=gc.enable, disable=gc.disable, isenabled=asked))
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(labeller.label, ["Slow."])
        entered.wait(10)
        labeller.label(["Quick."])
        leave.set()
    on = gc.isenabled()
    gc.enable()  # whatever comes of it, for the other tests
    assert on


def test_text_is_not_changed_by_what_was_labelled_before(labeller, article):
    before = labeller.label(article)
    for paragraphs in STRANGE.values():
        if sum(map(len, paragraphs)) < 10_000:
            labeller.label(paragraphs)
    assert labeller.label(article) == before
