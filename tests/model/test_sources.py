"""Whose words: the cue that attributes, how it governs the sentence, who its subject is and which mention is shown.

Refers: A somebody a reader can look up, U somebody nobody can, ? not known.
"""

import pytest

from model.lexicon import lexicon
from model.sources import find_sources
from model.words import Vocabulary, read_article

VOCABULARY = Vocabulary(lexicon("en"))

# Sentence | cue | pattern | subject | refers | mention
CASES = """
# where the verb stands
Police said three people died. | said | initial | institution | A | Police
Three people died in the blast, police said. | said | final | institution | A | police
“We saw smoke,” said Mara Dunne. | said | inverted | name | A | Mara Dunne
“We saw smoke,” recalled Mara Dunne, 34, a baker. | recalled | inverted | name | A | Mara Dunne
“Go,” shouted a man in the crowd. | shouted | inverted | a_role | U | a man
The bridge, Weber said, was safe. | said | final | name | A | Weber
After police said the road was safe, buses ran. | said | subordinate | institution | A | police
As Weber said, the bridge is old. | said | subordinate | name | A | Weber
According to the ministry, the bridge was safe. | According | according | institution | A | the ministry
The bridge was safe, according to Weber. | according | according | name | A | Weber
According to two officials, the talks failed. | According | according | roles | U | two officials
According to reports, the talks failed. | According | according | documents | U | reports
In Weber’s view, the bridge was safe. | view | according | name | A | Weber
The bridge, by the ministry’s own account, was safe. | account | according | institution | A | the ministry
The bridge was safe, in the words of one official. | words | according | a_role | U | one official
In a letter, Chief Executive Jane Doe wrote that sales fell. | wrote | final | named_role | A | Chief Executive Jane Doe
# names and names with roles
Mr. Okoye warned that prices could double. | warned | initial | name | A | Mr. Okoye
CNN reported that the bridge was closed. | reported | initial | name | A | CNN
Prime Minister Anna Weber called it a disgrace. | called | initial | named_role | A | Prime Minister Anna Weber
Anna Weber and Omar Diaz said the bridge was safe. | said | initial | name | A | Anna Weber and Omar Diaz
# "of" behind the verb
Lena Ortiz spoke of “a street of water.” | spoke | initial | name | A | Lena Ortiz
# apposition and relative clauses
TARN -- Lena Ortiz, opening the museum of Harbour History, said so. | said | final | name | A | Lena Ortiz
Anna Weber, the mayor, said the bridge was safe. | said | initial | name | A | Anna Weber
The mayor, Anna Weber, said the bridge was safe. | said | initial | name | A | Anna Weber
The bridge is safe, Anna Weber, the mayor of Tarn, said. | said | final | name | A | Anna Weber
“We saw smoke,” Mara Dunne, who lives nearby, said. | said | final | name | A | Mara Dunne
One of the officers, Captain Lee, said the road was closed. | said | initial | named_role | A | Captain Lee
Lena Ortiz, of Tarn, Ohio, said the bridge was safe. | said | initial | name | A | Lena Ortiz
Lena Ortiz, 34, a nurse from Tarn, Ohio, said it shook. | said | initial | name | A | Lena Ortiz
Lena Ortiz, who lost her house in Tarn, Ohio, in July 2012, said it shook. | said | initial | name | A | Lena Ortiz
Lena Ortiz, the author of “Bridges of Tarn,” said so. | said | initial | name | A | Lena Ortiz
“It is over,” Lena Ortiz, head of a bakery said. | said | final | name | A | Lena Ortiz
Towns, including Tarn, are full, said Lena Ortiz. | said | inverted | name | A | Lena Ortiz
The head of the Harbour League, Jonas Meyer, said so. | said | initial | name | A | Jonas Meyer
His wife, Rosa Mendel, whose car is gone, said so. | said | initial | name | A | Rosa Mendel
The survey, conducted by the Harbour Trust, finds Weber far ahead. | finds | initial | document | A | The survey
Asked twice, the league head Jonas Meyer, said no. | said | final | named_role | A | the league head Jonas Meyer
Senator Anna Weber (D-Ohio) said it was safe. | said | initial | named_role | A | Senator Anna Weber
The Relief Council (RC) said it was safe. | said | initial | name | A | The Relief Council
Residents — and some officials — say it shook. | say | initial | roles | U | Residents
# a name given to somebody known by a role
“We are starting over,” said another resident, Maria. | said | inverted | named_role | A | Maria
A man who gave his name only as Sergei said it was rising. | said | subordinate | name | A | Sergei
# voices of somebody named; bodies; documents
A spokesman for Apple said it was safe. | said | initial | spokesperson | A | A spokesman for Apple
Apple spokeswoman Jane Doe said so. | said | initial | named_spokesperson | A | Apple spokeswoman Jane Doe
A police spokesman said the road was closed. | said | initial | spokesperson | A | A police spokesman
Her lawyer said the claim was false. | said | initial | spokesperson | A | Her lawyer
The company said in a statement that it was sorry. | said | initial | institution | A | The company
The White House said the talks went well. | said | initial | name | A | The White House
The report found that the bridge was unsafe. | found | initial | document | A | The report
A Quinnipiac poll found that voters care. | found | initial | named_document | A | A Quinnipiac poll
The study, published in Nature, found that sleep helps. | found | initial | document | A | The study
Its press office said it was sorry. | said | initial | institution | A | Its press office
Official results showed that few had voted. | showed | initial | document | A | Official results
# groups, roles and quantities that nobody can look up
Three people died in the blast, officials said. | said | final | roles | U | officials
The worst is over, sources in its town hall report. | report | final | roles | U | sources
Colleagues of hers worry that sales will fall. | worry | initial | roles | U | Colleagues of hers
Residents said the water was rising. | said | initial | roles | U | Residents
State media reported that the bridge was closed. | reported | initial | roles | U | State media
Rescue workers told AFP that three were missing. | told | initial | roles | U | Rescue workers
Analysts at Citi said prices were high. | said | initial | roles | U | Analysts
F.B.I. officials said the file was lost. | said | initial | roles_of_name | U | F.B.I. officials
The minister’s aides said he was ill. | said | initial | the_roles | U | The minister’s aides
An aide to the senator said he would run. | said | initial | a_role | U | An aide
Now 61 percent say so. | say | initial | other | ? | -
Some said the water was rising. | said | initial | quantity | U | Some
Many fear the worst. | fear | initial | quantity | U | Many
Police and fire officials said it shook. | said | initial | roles | U | Police and fire officials
That person said it shook. | said | initial | the_role | ? | That person
Studies show that sleep helps. | show | initial | documents | U | Studies
# what stands beside the mention is no part of it
However the data shows that sleep helps. | shows | initial | document | A | the data
Now some fear a strike. | fear | initial | quantity | U | some
The faction decides to insist that it won. | insist | infinitive | the_thing | ? | The faction
The baker Jonas Meyer went so far as to say it was over. | say | infinitive | named_role | A | The baker Jonas Meyer
Minutes later, the campaign issued a note saying it fell. | saying | participle | first:institution | A | the campaign
# anonymity
A senior official, who spoke on condition of anonymity, said so. | said | initial | anonymous | U | A senior official
Speaking on condition of anonymity, a diplomat said it failed. | said | final | anonymous | U | a diplomat
“It is over,” said the diplomat, who declined to be named. | said | inverted | anonymous | U | the diplomat
A shopkeeper, who wished to remain unnamed, said it was bad. | said | initial | anonymous | U | A shopkeeper
# passives
The suspect is said to have fled. | said | passive | passive_hearsay | U | -
The suspect is believed to have fled. | believed | passive | passive_hearsay | U | -
It was reported by the BBC. | reported | passive | name | A | the BBC
She was told by doctors that it was over. | told | passive | roles | U | doctors
# somebody not introduced
The minister said it was safe. | said | initial | the_role | ? | The minister
“We saw smoke,” he said. | said | final | he | ? | -
"""
ROWS = [row.split(" | ") for row in CASES.strip().splitlines() if not row.startswith("#")]


def cues(*paragraphs: str) -> list[list[str]]:
    sentences = read_article(paragraphs, VOCABULARY)
    find_sources(sentences)
    return [
        [
            sentence.words[cue.at].surface,
            cue.pattern,
            cue.subject,
            cue.refers,
            paragraphs[cue.mention.sentence.paragraph][cue.mention.start : cue.mention.end] if cue.mention else "-",
        ]
        for sentence in sentences
        for cue in sentence.cues
    ]


@pytest.mark.parametrize(("sentence", "expected"), [(row[0], row[1:]) for row in ROWS], ids=[row[0] for row in ROWS])
def test_the_cue_of_a_sentence_finds_its_source(sentence, expected):
    assert cues(sentence) == [expected]


@pytest.mark.parametrize(
    "sentence",
    [
        "The claims were false.",
        "The report was published on Monday.",
        "Prices rose as fears of a strike grew.",
        "“He said it was late.”",
        "Three people died near Lima.",
        "Prices rose by 2 percentage points to 8 per cent.",
        "Nothing was in her account at the bank.",
        "It was late, in 's view.",
    ],
)
def test_a_noun_or_a_verb_inside_speech_is_no_cue(sentence):
    assert cues(sentence) == []


# Paragraphs, parted by // | whom the last cue refers to | its mention
CHAINS = """
Anna Weber runs the town. // The bridge is safe, Weber said. | A | Anna Weber
Anna Weber runs the town. // The bridge is safe, Weber said. // She said it would reopen. | A | Anna Weber
A military expert told us it was late. // The expert said it was cold. | U | A military expert
A military expert told us it was late. // The expert said it fell. // He added that it was wet. | U | A military expert
An expert said it was late. // He said it was cold. | U | An expert
Residents said the water was rising. // They said nobody came. | U | Residents
The ministry said it was safe. // It said that the road was closed. | A | The ministry
Anna Weber said it was safe. // Omar Diaz said it was old. // He said it would fall. | A | Omar Diaz
Two officials were quoted as saying so. | U | Two officials
It fell, an official quoting his superiors said. | U | an official
The town shook, echoing experts who say it may fall. | U | experts
# gender: first names, titles, roles and kin
Anna Weber said it was safe. // Omar Diaz said it was old. // She said it would fall. | A | Anna Weber
Mrs. Weber said it was safe. // Mr. Diaz said it was old. // She said it would fall. | A | Mrs. Weber
The actress Ilze Kalnins spoke. // Omar Diaz said it was old. // She said it would fall. | A | Ilze Kalnins
Ilze Kalnins, his widow, spoke. // Omar Diaz said it was old. // She said it would fall. | A | Ilze Kalnins
A woman said it shook. // Omar Diaz said it was old. // She said it would fall. | U | A woman
A spokeswoman for Apple said no. // Omar Diaz said it was old. // She said it fell. | A | A spokeswoman for Apple
# who was last a subject, though it did not speak
Omar Diaz said it was old. // Jonas Meyer opened the bridge. // He said it would fall. | A | Jonas Meyer
Omar Diaz said it was old. // On Monday, Jonas Meyer was out. // He said it would fall. | A | Jonas Meyer
Omar Diaz said it was old. // Then there was Jonas Meyer. // He said it would fall. | A | Jonas Meyer
Omar Diaz said it was old. // It rained. // It fell. // Jonas Meyer’s plan was new. // He said so. | A | Jonas Meyer
Omar Diaz said it was old. // He met Jonas Meyer at noon. // He said it would fall. | A | Omar Diaz
Omar Diaz said it was old. // Meyer Bank is new. // He said it would fall. | A | Omar Diaz
Ilze Kalnins, 60, a baker, said it shook. // She said it would fall. | A | Ilze Kalnins
Omar Diaz said it was old. // Jonas Meyer is no friend, he said. | A | Omar Diaz
Judge Kalnins took a break. // He said it would fall. | A | Judge Kalnins
# surnames, family names that come first, first names, the bearer named most often or last introduced
Kim Jong Su opened the bridge. // Kim said it was safe. | A | Kim Jong Su
Maria Lopez lives here. // It shook, Maria said. | A | Maria Lopez
Anna Weber met Max Weber. Anna Weber won. // Weber said it was safe. | A | Anna Weber
Anna Weber met Max Weber. Anna Weber won. // Mr. Weber said it was safe. | A | Max Weber
Max Weber said it fell. // Weber said so. // Anna Weber won. Anna Weber spoke. | A | Max Weber
Anna Weber Tells All About Her New Bridge Plan. // Anna Weber spoke. // Weber said so. | A | Anna Weber
Trade and Supply Chain Finance Anna Weber spoke. // Weber said it was safe. | A | Anna Weber
# bodies
Meyer Bank is new. // Omar Diaz said it was old. // It said that it was sorry. | A | Meyer Bank
The company cut prices. // Omar Diaz said it was old. // It said that it was sorry. | A | The company
# none where nobody can be meant
We said it would fall. | ? | -
It is safe, according to the “Bridges for all” plan. | ? | -
# one subject, two verbs
Anna Weber said it was safe and added that it was new. | A | Anna Weber
Reuters reported on Monday, citing two officials. | A | Reuters
"""


@pytest.mark.parametrize("row", [row for row in CHAINS.strip().splitlines() if not row.startswith("#")])
def test_a_later_mention_finds_who_was_introduced(row):
    article, refers, mention = row.split(" | ")
    assert cues(*article.split(" // "))[-1][3:] == [refers, mention]


@pytest.mark.parametrize(
    "article",
    [
        ["Interior Minister Anna Weber opened the bridge.", "The minister said it was safe."],
        ["A neighbour, Maria Lopez, 44, said it shook.", "“It fell,” the neighbour said."],
        ["Omar Diaz, a retired judge, stayed.", "The judge said it was cold."],
    ],
)
def test_a_role_that_the_article_gives_a_name_to_is_named(article):
    assert cues(*article)[-1][3] == "A"


@pytest.mark.parametrize(
    ("sentence", "negated", "governs"),
    [
        ("Weber said the bridge was safe.", False, True),
        ("Weber did not say whether the bridge was safe.", True, False),
        ("Weber never said the bridge was safe.", True, False),
        ("Weber didn’t say the bridge was safe.", True, False),
        ("The man, who said he was ill, left.", False, False),
        ("Weber went on to say it was safe.", False, False),
        ("After Weber said it was safe, buses ran.", False, False),
    ],
)
def test_what_is_not_said_or_said_in_passing_does_not_govern_the_sentence(sentence, negated, governs):
    sentences = read_article([sentence], VOCABULARY)
    find_sources(sentences)
    [cue] = sentences[0].cues
    assert (cue.negated, cue.governs) == (negated, governs)


@pytest.mark.parametrize(
    ("article", "refers"),
    [
        (["“We lost it. We lost all of it,” Mara Dunne said."], "A"),
        (["“We lost it,” Mara Dunne said. “We lost all of it.”"], "A"),
        (["“We lost it,” a man in the crowd said. “We lost all of it.”"], "U"),
        (["Mara Dunne said: “We lost it.", "“We lost all of it.”"], "A"),
        (["A shopkeeper, who wished to remain unnamed, said: “We lost it.", "We lost all of it.”"], "U"),
    ],
)
def test_speech_without_a_verb_of_its_own_belongs_to_who_speaks_beside_it(article, refers):
    sentences = read_article(article, VOCABULARY)
    find_sources(sentences)
    assert [s.speaker for s in sentences if s.quoted > 0.9] == [refers] * sum(s.quoted > 0.9 for s in sentences)
    assert any(s.quoted > 0.9 for s in sentences)
