"""Which characters lie inside speech.

Each case is an article as the tracker should see it. ⟦ ⟧ bound a quotation; ⟪ stands for ⟦ where the quotation began in
an earlier paragraph, ⟫ for ⟧ where its closing mark does not stand in this one.
"""

import re

import pytest

from model.quotations import find_quotations

CASES = {
    # styles
    "curly": ["⟦“We are fine,”⟧ she said. ⟦“Go home.”⟧"],
    "straight": ['⟦"We are fine,"⟧ she said. ⟦"Go home."⟧'],
    "pairs of single marks": ["⟦''We are fine,''⟧ she said. ⟦''Go home.''⟧"],
    "backticks": ["⟦``We are fine,''⟧ she said. ⟦``Go home.''⟧"],
    "guillemets": ["⟦«We are fine,»⟧ she said."],
    "spaced guillemets": ["⟦« We are fine, »⟧ she said."],
    "low opening mark": ["⟦„We are fine,”⟧ she said."],
    "British": ["⟦‘We are fine,’⟧ she said. ⟦‘Go home.’⟧"],
    "British, straight": ["⟦'We are fine,'⟧ she said. ⟦'Go home.'⟧"],
    # apostrophes and possessives
    "apostrophes are no marks": ["She didn’t say what the council’s plan was, and it's late."],
    "plural possessives are no marks": ["The workers’ demands were heard. The nurses’ union agreed."],
    "straight plural possessives": ["The workers' demands were heard. The nurses' union agreed."],
    "names with apostrophes": ["D’Angelo and O’Brien met at L'Aquila."],
    "elisions": ["In the ’90s the band played rock ’n’ roll."],
    "straight elisions": ["In the '90s the band played rock 'n' roll 'til dawn."],
    "feet and inches": ["He is 6'2\" tall and plays for the town."],
    "an inch before a quotation": ['The shelf is 12" wide. ⟦"It fits,"⟧ he said.'],
    "apostrophes in British speech": ["⟦‘We don’t know; it’s the council’s fault,’⟧ she said. ⟦‘Go home.’⟧"],
    "a plural possessive in British speech": ["⟦‘The workers’ demands are fair,’⟧ she said. ⟦‘Go home.’⟧"],
    "a straight one": ["⟦'The workers' demands are fair,'⟧ she said. ⟦'Go home.'⟧"],
    "a plural possessive in speech": ["⟦“The workers’ demands are fair,”⟧ she said."],
    "elisions in British speech": ["⟦‘We sang ’til dawn in the ’60s,’⟧ he said. ⟦‘Go home.’⟧"],
    "a name ending in s": ["⟦‘James’s plan failed,’⟧ she said. ⟦‘It’s James’ fault.’⟧"],
    # nested
    "single in double": ["⟦“He told me ‘never again’ and left,”⟧ she said."],
    "single in double, straight": ["⟦\"He told me 'never again' and left,\"⟧ she said."],
    "double in single": ["⟦‘He told me “never again” and left,’⟧ she said. ⟦‘He meant it.’⟧ Others agreed."],
    "both end together": ["⟦“He told me ‘never again.’”⟧ She left."],
    # parts of sentences
    "scare quotes": ["The ⟦“reform”⟧ and the ⟦“pause”⟧ cost the town its school."],
    "a single scare quote": ["It was ⟦‘a shame’⟧, he said."],
    "a title": ["He read ⟦“War and Peace”⟧ twice."],
    "punctuation outside": ["The plan is ⟦“dead”⟧, he said, and ⟦“buried”⟧."],
    "in brackets": ["The plan (⟦“a disgrace”⟧) was dropped."],
    "beginning with a bracket": ["⟦“[The] plan failed,”⟧ he said."],
    "beginning with a currency": ["⟦“$5 is fair,”⟧ he said."],
    "beginning with an ellipsis": ["⟦“…and then we lost,”⟧ he said."],
    "interrupted": ["⟦“We lost it,”⟧ he said, ⟦“and we know it.”⟧"],
    "broken off by a dash": ["⟦“We were —”⟧ He stopped. ⟦“I was wrong.”⟧"],
    "no space before": ["He said:⟦“We lost.”⟧", 'He said:⟦"We lost."⟧'],
    "a caption": ["A woman looks at the ⟦“Angel”⟧ statue on Monday. (Photo: A. Beker)"],
    "dialogue": ["⟦“Who was there?”⟧ ⟦“Nobody.”⟧ ⟦“Nobody at all?”⟧"],
    "dialogue, straight": ['⟦"Who was there?"⟧ ⟦"Nobody."⟧ ⟦"Nobody at all?"⟧'],
    "dialogue, a line each": ["⟦“Who was there?”⟧", "⟦“Nobody.”⟧", "⟦“Nobody at all?”⟧"],
    # over paragraphs
    "reopened at each": ["⟦“We lost the shop.⟫", "⟪“We lost the house.⟫", "⟪“We lost it all,”⟧ he said."],
    "reopened, straight": ['⟦"We lost the shop.⟫', '⟪"We lost the house.⟫', '⟪"We lost it all,"⟧ he said.'],
    "reopened, British": ["⟦‘We lost the shop.⟫", "⟪‘We lost the house.⟫", "⟪‘We lost it all,’⟧ he said."],
    "reopened, guillemets": ["⟦«We lost the shop.⟫", "⟪«We lost it all,»⟧ he said."],
    "reopened with one inside": ["⟦“He said: ‘We lost the shop.⟫", "⟪“‘We lost it all.’ Then he left,”⟧ she said."],
    "run on": ["⟦“We lost the shop.⟫", "⟪We lost the house.⟫", "⟪We lost it all,”⟧ he said."],
    "run on, British": ["⟦‘We lost the shop.⟫", "⟪We lost it all,’⟧ he said. ⟦‘All.’⟧"],
    "closed, then another": ["⟦“We lost the shop.”⟧", "⟦“We lost the house,”⟧ his sister said."],
    # marks that are missing
    "never closed": ["She said: ⟦“We are going home.⟫", "The town has two schools.", "The ferry is running again."],
    "never closed, another follows": ["She said: ⟦“We go.⟫", "The town has a school.", "⟦“We are open,”⟧ he said."],
    "reopened, never closed": ["⟦“We lost the shop.⟫", "⟪“We lost the house.⟫", "The town has two schools."],
    "never opened": ["We are going home,” she said. ⟦“Now.”⟧"],
    "a block quotation has no marks": ["The letter reads:", "We shall not leave.", "It was signed by nine people."],
    "nothing": ["", "No marks at all."],
}


def seen(paragraphs: list[str]) -> list[str]:
    shown = []
    for text, quotations in zip(paragraphs, find_quotations(paragraphs), strict=True):
        for q in reversed(quotations):
            left, right = "⟪" if q.runs_on else "⟦", "⟧" if q.closed else "⟫"
            text = text[: q.start] + left + text[q.start : q.end] + right + text[q.end :]
        shown.append(text)
    return shown


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_speech_is_told_from_the_rest(case):
    assert seen([re.sub("[⟦⟧⟪⟫]", "", paragraph) for paragraph in case]) == case


def test_a_mark_left_open_does_not_swallow_the_article():
    paragraphs = ["She said: “We are going home."] + ["The town has two schools."] * 40 + ["Now,” she said."]
    quotations = find_quotations(paragraphs)
    assert [len(row) for row in quotations[:2]] == [1, 0]


@pytest.mark.parametrize("mark", ["“", "”", "‘", "’", '"', "'", "''", "``", "«", "“”", "‘’", " '", "' ", "s' ", "‘a "])
def test_ten_thousand_repeated_marks_give_disjoint_quotations(mark):
    text = f"{mark * 10_000} he said"
    [row] = find_quotations([text])
    bounds = [bound for q in row for bound in (q.start, q.end)]
    assert bounds == sorted(bounds)
    assert all(0 <= q.start < q.end <= len(text) for q in row)


def test_of_ten_thousand_paragraphs_that_each_open_a_quotation_every_one_is_speech():
    assert [len(row) for row in find_quotations(["“We lost the shop."] * 10_000)] == [1] * 10_000
