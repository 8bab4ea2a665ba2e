"""Which paragraphs are found, on saved news pages and on pages that make it hard."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from browsers import IN_OVERLAY, eventually
from sites import page, server_labels, shell, story

SAVED = Path(__file__).parents[3] / "shared/pages"
NAMES = sorted(path.stem for path in SAVED.glob("*.html")) or [
    pytest.param("none", marks=pytest.mark.skip(f"{SAVED} is not on this machine"))
]


def squeeze(text: str) -> str:
    return re.sub(r"[\s\u200b]+", "", text)


@pytest.mark.parametrize("name", NAMES)
def test_a_saved_news_page_gives_its_paragraphs_and_hardly_anything_else(browser, tab, site, wire, finder, name):
    wanted = [squeeze(line) for line in (SAVED / f"{name}.paragraphs.txt").read_text().splitlines() if line.strip()]
    tab.goto(site.add(f"/{name}", (SAVED / f"{name}.html").read_bytes()))
    browser.press_button(tab)
    tab.wait_for("done", timeout=30)
    sent = [text for request in wire.asked for text in request]
    if name.startswith("lemonde"):
        assert not sent
        assert "French" in tab.said()
        sent = tab.js(f"({finder}, sayso.findArticles(document).flatMap(a => a.paragraphs.map(p => p.text)))")
    found = [squeeze(text) for text in sent]
    assert sum(text in found for text in wanted) >= 0.99 * len(wanted)
    assert sum(text not in wanted for text in found) <= 0.03 * len(wanted)


def test_an_article_that_loads_late_is_labelled_when_it_is_there(labelled, site, wire, article):
    late = f"<script>setTimeout(() => {{ document.body.innerHTML = {json.dumps(story(article))} }}, 800)</script>"
    tab = labelled(site.add("/late", shell(f"<p>Loading.</p>{late}")))
    tab.wait_for_labels(len(article) - 1)
    assert wire.asked == [article[1:]]


def test_endless_scrolling_asks_for_each_further_article_alone(labelled, site, wire, article):
    tab = labelled(site.add("/endless", page(article)))
    first = tab.labels
    other = [f"{text} Or so it was told." for text in article]
    tab.js(f"document.body.insertAdjacentHTML('beforeend', {json.dumps(story(other))})")
    tab.wait("document.querySelector('sayso-overlay').shadowRoot.querySelectorAll('.sayso-label').length > 30")
    assert wire.asked == [article[1:], other[1:]]
    assert tab.labels[: len(first)] == first


def test_several_articles_on_a_page_are_asked_about_one_by_one(labelled, site, wire, article):
    other = [f"{text} Or so it was told." for text in article]
    tab = labelled(site.add("/several", shell(story(article) + story(other))))
    assert wire.asked == [article[1:], other[1:]]
    indexes = [index for index, _ in tab.labels]
    assert indexes == sorted(set(indexes))


def test_paragraphs_are_counted_anew_when_an_article_before_them_grows_shorter(labelled, site, wire, server, article):
    other = [f"{text} Or so it was told." for text in article]
    tab = labelled(site.add("/several", shell(story(article) + story(other))))
    tab.js("void document.querySelector('article p').remove()")
    shorter = len(article) - 2
    wanted = server_labels(server, article[2:]) + [
        (shorter + index, label) for index, label in server_labels(server, other[1:])
    ]
    eventually(lambda: tab.labels == wanted or None)
    assert wire.asked == [article[1:], other[1:], article[2:]]
    names = tab.js(f"[...{IN_OVERLAY}.querySelectorAll('.sayso-label')].map(e => e.getAttribute('aria-label'))")
    assert [name.split(",")[0] for name in names] == [f"Paragraph {index + 1}" for index, _ in wanted]


def test_in_site_navigation_replaces_the_labels(labelled, site, wire, server, article):
    tab = labelled(site.add("/app", page(article)))
    other = article[:1] + article[8:]
    tab.js(
        f"""(history.pushState({{}}, '', '/elsewhere'),
        document.querySelector('article').outerHTML = {json.dumps(story(other))}, 1)"""
    )
    tab.wait_for_labels(len(server_labels(server, other[1:])))
    assert wire.asked == [article[1:], other[1:]]


def test_paragraphs_parted_by_line_breaks_get_a_label_each(labelled, site, wire, article):
    tab = labelled(
        site.add("/breaks", shell(f"<h1>{article[0]}</h1><div id=text>{'<br><br>'.join(article[1:])}</div>"))
    )
    assert wire.asked == [article[1:]]
    tops = tab.wait(
        """(tops => tops.every(top => top > 0) && tops)(
        [...document.querySelector('sayso-overlay').shadowRoot.querySelectorAll('.sayso-label')].slice(0, 5)
        .map(label => Math.round(label.getBoundingClientRect().y)))"""
    )
    assert tops == sorted(set(tops))


TEASER = "<section><h2><a href=/a>The harbour is open again</a></h2><p>{}</p></section>"
NO_ARTICLES = {
    "front page": (
        "".join(
            TEASER.format(f"The town of number {n} has dug itself out, and the ferry sails. " * 2) for n in range(20)
        ),
        "lists articles",
    ),
    "form": (
        "<form><label>Name <input></label><label>Street <input></label><button>Order now</button></form>",
        "No article",
    ),
    "empty page": ("", "No article"),
}


@pytest.mark.parametrize("kind", NO_ARTICLES)
def test_a_page_that_is_no_article_is_left_alone_with_a_word_why(labelled, site, wire, kind):
    body, why = NO_ARTICLES[kind]
    tab = labelled(site.add("/none", shell(body)))
    assert why in tab.said()
    assert wire.requests == []
    assert tab.labels == []


GERMAN = [
    "Das Hafenstädtchen schaufelt sich frei",
    "Das Hafenstädtchen hat das Schlimmste der Sturmflut hinter sich, wie aus dem Rathaus zu hören ist.",
    "Ein Bootsmann der Seenotrettung sprach von einer Straße aus Wasser, in der die Sofas trieben.",
    "Die Fähre fährt wieder, der Bäcker verkauft sein Brot bei Kerzenlicht, und Soldaten pumpen die Krypta leer.",
    "Niemand stritt darüber, was mitzunehmen sei; sie nahmen den Hund und das Kind und stiegen ins Boot.",
]


def test_another_language_is_said_and_not_guessed(browser, labelled, site, wire):
    tab = labelled(site.add("/german", page(GERMAN, attributes='lang="de"')))
    assert "German" in tab.said()
    browser.press_button(tab)
    tab.wait("!document.querySelector('sayso-overlay')")
    browser.press_button(tab)
    assert "German" in tab.said()
    assert wire.requests == []


@pytest.mark.parametrize("kind", ["front page", "two languages"])
def test_a_notice_that_was_closed_stays_closed_while_the_page_changes_elsewhere(labelled, site, article, kind):
    body = NO_ARTICLES[kind][0] if kind in NO_ARTICLES else story(article) + story([GERMAN[0], *GERMAN[1:] * 3])
    tab = labelled(site.add("/noticed", shell(body)))
    assert tab.said()
    tab.click(f"{IN_OVERLAY}.querySelector('.notice .close')")
    tab.wait(f"!{IN_OVERLAY}.querySelector('.notice p')")
    for _ in range(2):
        tab.js("void document.body.append(document.createElement('aside'))")
        tab.js("new Promise(done => setTimeout(done, 1000))")
        assert tab.notice == ""


def test_a_second_notice_is_seen_after_the_first_has_passed(labelled, site, article):
    tab = labelled(site.add("/endless", page(article)))
    seen = f"getComputedStyle({IN_OVERLAY}.querySelector('.notice p')).visibility === 'visible'"
    assert tab.js(seen)
    tab.js(f"{IN_OVERLAY}.getAnimations().forEach(passing => passing.finish())")
    tab.wait(f"!({seen})")
    other = [f"{text} Or so it was told." for text in article]
    tab.js(f"document.body.insertAdjacentHTML('beforeend', {json.dumps(story(other))})")
    tab.wait(f"{IN_OVERLAY}.querySelectorAll('.sayso-label').length > 30")
    tab.wait_for("done")
    tab.wait(seen)
