"""The words of a language that Sayso knows, read from `lexicons/<language>/`: data, so that a language is a folder.

`labels.json` is its label set; a language without it has that of English. Every other file holds words parted by white
space, below a comment that says which. `reporting_verbs.txt` groups base forms by kind, `irregular_verbs.txt` gives the
forms that the rules do not, `first_names.txt` and `gendered.txt` group words by the pronoun that takes them up.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from model.label_set import read_label_set

_FOLDER = Path(__file__).parent / "lexicons"
_LABELS = _FOLDER / "en/labels.json"  # of a language that has none of its own


class Lexicon:
    """Word sets as attributes named like their files; `verbs` maps each form to (kind, base form).

    `labels` is the label set. Raises ValueError where there is no such language, or its label set is wrong.
    """

    def __init__(self, language: str) -> None:
        folder = _FOLDER / language
        if not folder.is_dir():
            raise ValueError(f"no lexicon for language {language!r}: there is no folder {folder}")

        own_labels = folder / "labels.json"
        self.labels = read_label_set(own_labels if own_labels.is_file() else _LABELS)

        def words(name: str) -> frozenset[str]:
            return frozenset(" ".join(_lines(folder / f"{name}.txt")).split())

        def table(name: str) -> list[tuple[str, str]]:
            text = "\n".join(_lines(folder / f"{name}.txt")).replace("\n  ", " ")
            return [(key, value) for key, _, value in (line.partition(": ") for line in text.split("\n"))]

        self.accounts = words("accounts")
        self.action_verbs = words("action_verbs")
        self.anonymity = words("anonymity")
        self.auxiliaries = words("auxiliaries")
        self.before_verb = words("before_verb")
        self.belief_nouns = words("belief_nouns")
        self.calendar = words("calendar")
        self.common = words("common")
        self.determiners = words("determiners")
        self.documents = words("documents")
        self.documents_plural = words("documents_plural")
        self.event_verbs = words("event_verbs")
        self.finite = words("finite")
        self.function_words = words("function_words")
        self.future = words("future")
        self.hearsay = words("hearsay")
        self.institutions = words("institutions")
        self.modals = words("modals")
        self.noun_or_verb = words("noun_or_verb")
        self.passive_hearsay = words("passive_hearsay")
        self.prepositions = words("prepositions")
        self.quantities = words("quantities")
        self.refused = words("refused")
        self.roles = words("roles")
        self.roles_plural = words("roles_plural")
        self.sentence_openers = words("sentence_openers")
        self.speak_of = words("speak_of")
        self.spokespeople = words("spokespeople")
        self.statement_nouns = words("statement_nouns")
        self.subordinators = words("subordinators")

        self.first_names = {name: pronoun for pronoun, names in table("first_names") for name in names.split()}
        self.gendered = {form: pronoun for pronoun, forms in table("gendered") for form in forms.split()}

        irregular = {base: forms.split() for base, forms in table("irregular_verbs")}
        self.verbs: dict[str, tuple[str, str]] = {}
        for kind, bases in table("reporting_verbs"):
            for base in bases.split():
                for form in (base, *irregular.get(base, _inflections(base))):
                    self.verbs.setdefault(form, (kind, base))
        self.strong = frozenset(
            form for base in words("strong") for form in (base, *irregular.get(base, _inflections(base)))
        )


@cache
def lexicon(language: str = "en") -> Lexicon:
    """The lexicon of a language, read once. Raises ValueError as Lexicon does."""
    return Lexicon(language)


def _lines(path: Path) -> list[str]:
    """The lines of a file; a language may do without it."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return [line for line in lines if line and not line.startswith("#")]


def _inflections(base: str) -> tuple[str, str, str]:
    if base.endswith("e"):
        return base + "s", base + "d", base[:-1] + "ing"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ies", base[:-1] + "ied", base + "ing"
    if base.endswith(("s", "sh", "ch", "x", "z")):
        return base + "es", base + "ed", base + "ing"
    return base + "s", base + "ed", base + "ing"
