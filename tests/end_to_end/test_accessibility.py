"""axe on every surface, in light, dark and forced colours; and a walk by keyboard alone."""

from __future__ import annotations

import pytest
from browsers import EXTENSION, IN_OVERLAY
from sites import page

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
    tab.wait(f"!!{CARD}.querySelector('form')")
    tab.key("Escape")
    tab.wait(f"{CARD}.hidden")


def test_a_screen_reader_hears_each_label_once_and_one_summary(labelled, site, article):
    tab = labelled(site.add("/article", page(article)))
    names = tab.js(f"[...{IN_OVERLAY}.querySelectorAll('.sayso-label')].map(e => e.getAttribute('aria-label'))")
    assert names[1].startswith("Paragraph 2, Attributed claim")
    assert len(set(names)) == len(names)
    assert tab.js(f"[...{IN_OVERLAY}.querySelectorAll('[role=status]')].map(e => e.textContent)") == [
        f"{len(names)} paragraphs labelled.×"
    ]
