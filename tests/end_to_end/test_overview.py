"""The side panel, opened as a tab beside the article's: it follows the tab in front."""

from __future__ import annotations

import pytest
from browsers import IN_OVERLAY
from sites import of_another_set, page


@pytest.fixture
def change():
    """What is made of the server's answers on their way: nothing, unless a test says so."""
    return None


@pytest.fixture
def panel(browser, labelled, site, wire, article, change):
    """(panel, tab with the labelled article in front)"""
    wire.change = change
    panel = browser.surface("sidepanel")
    tab = labelled(site.add("/article", page(article)))
    panel.wait("!!document.querySelector('.shares')")
    yield panel, tab
    panel.close()


def test_it_tells_the_share_of_each_label_and_who_speaks_how_much(panel, server, article):
    overview, _ = panel
    summary = server.post("/v1/label", {"paragraphs": article[1:]}).json()["summary"]
    shares = overview.js(
        "[...document.querySelectorAll('.shares li')].map(item => parseInt(item.lastChild.textContent))"
    )
    assert shares == [pytest.approx(100 * share, abs=0.51) for share in summary["shares"].values()]
    told = overview.js("[...document.querySelectorAll('.sources li')].map(item => item.textContent)")
    assert len(told) == len(summary["sources"])
    for text, source in zip(told, summary["sources"], strict=True):
        assert source["name"] in text
        assert f"{source['words']} words" in text


def test_a_click_on_a_paragraph_takes_the_reader_there(panel):
    overview, tab = panel
    overview.js("void document.querySelector('.paragraphs li:last-child button').click()")
    tab.wait(f"{IN_OVERLAY}.activeElement?.dataset.index === '19'")
    tab.wait(
        """(top => top > 0 && top < innerHeight)(
            [...document.querySelectorAll('article p')].at(-1).getBoundingClientRect().top)"""
    )


def test_a_click_on_a_paragraph_whose_label_is_hidden_takes_the_reader_there_too(browser, panel):
    overview, tab = panel
    browser.extension("chrome.storage.sync.set({shown: []})")
    tab.wait(f"getComputedStyle({IN_OVERLAY}.querySelector('.sayso-label')).display === 'none'")
    overview.js("void document.querySelector('.paragraphs li:last-child button').click()")
    tab.wait(
        """(top => top > 0 && top < innerHeight)(
            [...document.querySelectorAll('article p')].at(-1).getBoundingClientRect().top)"""
    )


def test_it_filters_by_label(panel):
    overview, tab = panel
    wanted = sum(label == "forecast" for _, label in tab.labels)
    overview.js("void document.querySelectorAll('.filter input')[4].click()")
    overview.wait(f"document.querySelectorAll('.paragraphs li').length === {wanted}")
    assert overview.js(
        "[...document.querySelectorAll('.paragraphs li')].every(item => item.dataset.label === 'forecast')"
    )


@pytest.mark.parametrize("change", [of_another_set])
def test_it_has_the_labels_of_the_servers_model(panel):
    overview, tab = panel
    names = ["Reported fact", "Documented claim", "Anonymous claim", "Forecast"]
    assert overview.js("[...document.querySelectorAll('.filter label')].map(e => e.textContent)") == ["All", *names]
    shares = overview.js("[...document.querySelectorAll('.shares li .label')].map(e => e.firstChild.nextSibling.data)")
    assert shares == names
    assert "a document" in overview.js("document.querySelector('.sources').textContent")
    wanted = sum(label == "documented_claim" for _, label in tab.labels)
    overview.js("void document.querySelectorAll('.filter input')[2].click()")
    overview.wait(f"document.querySelectorAll('.paragraphs li').length === {wanted}")


def test_it_is_left_alone_while_the_page_changes_elsewhere(panel):
    overview, tab = panel
    overview.js("void document.querySelector('.paragraphs li:last-child button').focus()")
    for _ in range(2):
        tab.js("void document.body.append(document.createElement('aside'))")
        tab.js("new Promise(done => setTimeout(done, 1000))")
    assert overview.js("document.activeElement === document.querySelector('.paragraphs li:last-child button')")


def test_it_exports_what_was_labelled(panel, article):
    overview, _ = panel
    overview.js(
        """void (window.saved = {},
        URL.createObjectURL = blob => (blob.text().then(text => saved[blob.type] = text), 'blob:none'),
        Object.defineProperty(navigator, 'clipboard', {value: {writeText: async text => void (saved.copied = text)}}),
        HTMLAnchorElement.prototype.click = () => {},
        [...document.querySelectorAll('.row button')].forEach(button => button.click()))"""
    )
    saved = overview.wait("Object.keys(saved).length === 3 && saved")
    for content in saved.values():
        assert article[10] in content


def test_it_says_what_to_do_on_a_page_without_labels(browser, panel, tab, site, article):
    overview, _ = panel
    browser.press_button(tab)
    overview.wait("document.body.textContent.includes('Press Sayso')")
