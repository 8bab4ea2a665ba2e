"""axe on every surface, in light, dark and forced colours; and a walk by keyboard alone."""

from __future__ import annotations

import json

import pytest
from browsers import EXTENSION, IN_OVERLAY
from sites import page, story

AXE = EXTENSION / "node_modules/axe-core/axe.min.js"
CARD = f"{IN_OVERLAY}.querySelector('.card')"
MEDIA = {
    "light": {"scheme": "light"},
    "dark": {"scheme": "dark"},
    "forced colours": {"scheme": "dark", "forced_colors": True},
}


def violations(tab, context: str = "document") -> list[str]:
    """What axe finds, as `rule: element`."""
    tab.js(f"({AXE.read_text().strip().rstrip(';')}, 1)")
    found = tab.js(f"axe.run({context}, {{resultTypes: ['violations']}}).then(({{violations}}) => violations)")
    return [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("media", MEDIA)
@pytest.mark.parametrize("name", ["welcome", "popup", "options"])
def test_axe_finds_nothing_on_our_pages(browser, name, media):
    tab = browser.surface(name)
    tab.media(**MEDIA[media])
    tab.wait("!!document.querySelector('h1').textContent")
    try:
        assert violations(tab) == []
    finally:
        tab.media()
        tab.close()


@pytest.mark.parametrize("media", MEDIA)
def test_axe_finds_nothing_in_the_overview(browser, labelled, site, article, media):
    overview = browser.surface("sidepanel")
    overview.media(**MEDIA[media])
    labelled(site.add("/article", page(article)))
    overview.wait("!!document.querySelector('.shares')")
    try:
        assert violations(overview) == []
    finally:
        overview.media()
        overview.close()


@pytest.mark.parametrize("media", MEDIA)
def test_axe_finds_nothing_in_labels_and_card(labelled, site, article, media):
    style = "body { background: #151719; color: #ddd }" if media == "dark" else ""
    tab = labelled(site.add("/article", page(article, style=style)))
    tab.media(**MEDIA[media])
    tab.click(f"{IN_OVERLAY}.querySelectorAll('.sayso-label .face')[1]")
    tab.click(f"{CARD}.querySelector('.foot button')")
    try:
        assert violations(tab, "{include: ['sayso-overlay']}") == []
    finally:
        tab.media()


def test_a_reader_with_a_keyboard_alone_reads_a_card_and_comes_back(browser, labelled, site, article):
    tab = labelled(site.add("/article", page(article)))
    focus = f"{IN_OVERLAY}.activeElement"
    for _ in range(4):  # the label is the first stop of a page without links
        tab.key("Tab")
        if tab.js(f"{focus}?.className === 'sayso-label'"):
            break
    tab.wait(f"{focus}?.dataset.index === '0'")
    tab.key("ArrowDown")
    tab.wait(f"{focus}?.dataset.index === '1' && !{CARD}.hidden")
    tab.key("Enter")
    tab.wait(f"{focus}?.className === 'card'")
    tab.key("Tab")
    tab.wait(f"{focus}?.className === 'speaker'")
    tab.key("Tab")
    tab.wait(f"{focus}?.textContent === 'Not right?'")
    tab.key("Enter")
    tab.wait(f"{focus}?.type === 'radio'")
    tab.key("ArrowDown")
    tab.wait(f"!{CARD}.querySelector('.send').disabled")
    while not tab.js(f"{focus}.textContent === 'Send'"):
        tab.key("Tab")
    tab.key("Enter")
    tab.wait(f"{CARD}.textContent.includes('Thank you')")
    tab.key("Escape")
    tab.wait(f"{CARD}.hidden && {focus}?.dataset.index === '1'")


def test_stepping_goes_on_from_the_label_whose_card_is_read(browser, labelled, site, article):
    tab = labelled(site.add("/article", page(article)))
    tab.click(f"{IN_OVERLAY}.querySelectorAll('.sayso-label .face')[2]")
    tab.wait(f"{IN_OVERLAY}.activeElement?.className === 'card'")
    browser.extension(
        """chrome.tabs.query({}).then(tabs => Promise.allSettled(
        tabs.map(({id}) => chrome.tabs.sendMessage(id, {type: 'step', by: 1}))).then(() => 1))"""
    )
    label = tab.wait(
        f"(e => e?.className === 'sayso-label' && e.getAttribute('aria-label'))({IN_OVERLAY}.activeElement)"
    )
    assert label.startswith("Paragraph 4,")
    tab.wait(f"{CARD}.hidden || {CARD}.getAttribute('aria-label') === {json.dumps(label)}")


def test_a_further_article_leaves_the_focus_where_it_is(labelled, site, wire, article):
    tab = labelled(site.add("/endless", page(article)))
    focus = f"{IN_OVERLAY}.activeElement"
    tab.js(f"void {IN_OVERLAY}.querySelectorAll('.sayso-label')[3].focus()")
    tab.wait(f"{focus}?.dataset.index === '3'")
    other = [f"{text} Or so it was told." for text in article]
    tab.js(f"document.body.insertAdjacentHTML('beforeend', {json.dumps(story(other))})")
    tab.wait(f"{IN_OVERLAY}.querySelectorAll('.sayso-label').length > 30")
    assert tab.js(f"{focus}?.dataset.index") == "3"
    assert tab.js(f"{focus}.tabIndex") == 0


def test_the_tab_key_reaches_the_labels_though_the_first_are_hidden(browser, labelled, site, article):
    tab = labelled(site.add("/article", page(article)))
    first = tab.labels[0][1]
    shown = [label for label in ("reported_fact", "attributed_claim", "anonymous_claim", "forecast") if label != first]
    browser.extension(f"chrome.storage.sync.set({{shown: {json.dumps(shown)}}})")
    tab.wait(f"{IN_OVERLAY}.querySelector('.sayso-label[tabindex=\"0\"]').dataset.label !== {json.dumps(first)}")


def test_a_screen_reader_hears_each_label_once_and_one_summary(labelled, site, article):
    tab = labelled(site.add("/article", page(article)))
    names = tab.js(f"[...{IN_OVERLAY}.querySelectorAll('.sayso-label')].map(e => e.getAttribute('aria-label'))")
    assert names[1].startswith("Paragraph 2, Attributed claim")
    assert len(set(names)) == len(names)
    assert tab.js(f"[...{IN_OVERLAY}.querySelectorAll('[role=status]')].map(e => e.textContent)") == [
        f"{len(names)} paragraphs labelled.×"
    ]
