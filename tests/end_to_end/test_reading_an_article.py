"""The main job: real gunicorn, a real browser with the built extension, a page from another port."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from browsers import IN_OVERLAY
from sites import page, server_labels

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"


def expected_indexes(labels_file: Path) -> list[int]:
    """Paragraphs with a label, counted without the headline."""
    with labels_file.open() as lines:
        return [int(row["paragraph"]) - 1 for row in csv.DictReader(lines, delimiter="\t") if row["label"] != "-"]


def test_every_paragraph_of_an_article_gets_its_label(labelled, site, server, article):
    tab = labelled(site.add("/article", page(article)))
    assert tab.labels == server_labels(server, article[1:])
    assert [index for index, _ in tab.labels] == expected_indexes(ROOT / "tests/data/article.labels.tsv")


def test_a_second_press_takes_everything_away(browser, labelled, site, article):
    url = site.add("/article", page(article))
    tab = labelled(url)
    browser.press_button(tab)
    tab.wait("!document.querySelector('sayso-overlay')")
    tab.goto(url)
    browser.press_button(tab)
    tab.wait_for("done")


def test_the_page_outside_the_host_stays_as_it_was(browser, tab, site, article):
    tab.goto(site.add("/article", page(article)))
    outside = """(() => {
        const copy = document.documentElement.cloneNode(true);
        copy.querySelector('sayso-overlay')?.remove();
        return copy.outerHTML;
    })()"""
    before = tab.js(outside)
    browser.press_button(tab)
    tab.wait_for("done")
    assert tab.js(outside) == before
    tab.hover(f"{IN_OVERLAY}.querySelector('.sayso-label .face')")
    tab.wait(f"!{IN_OVERLAY}.querySelector('.card').hidden")
    assert tab.js(outside) == before


def test_without_a_server_it_says_so_and_how_to_start_one(browser, tab, site, article):
    browser.extension("chrome.storage.sync.set({server: 'http://127.0.0.1:9'})")
    tab.goto(site.add("/article", page(article)))
    browser.press_button(tab)
    tab.wait_for("error")
    assert "http://127.0.0.1:9" in tab.notice
    assert "make run" in tab.notice


def test_a_news_agency_article_gets_the_same_labels_as_over_http(labelled, site, server):
    text = SHARED / "articles/pokrovsk.txt"
    if not text.exists():
        pytest.skip(f"{text.parent} is not on this machine")
    paragraphs = [line.strip() for line in text.read_text().splitlines() if line.strip()]
    tab = labelled(site.add("/pokrovsk", page(paragraphs)))
    assert tab.labels == server_labels(server, paragraphs[1:])
    assert [index for index, _ in tab.labels] == expected_indexes(text.with_name("pokrovsk.labels.tsv"))
