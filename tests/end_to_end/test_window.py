"""What needs a browser's window around the page: keyboard commands, the side panel, Firefox's question."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from browsers import FIREFOX_ID, IN_OVERLAY, Browser, Chromium, Firefox, Screen, eventually
from sites import page


@pytest.fixture(scope="module")
def window(running, built, site) -> Iterator[Browser]:
    """A browser that hears its keyboard commands: Chromium with a window; Firefox does so without one."""
    if isinstance(running, Firefox):
        yield running
        return
    screen = Screen()
    browser = Chromium(built["chromium"], site.port, screen=screen)
    yield browser
    browser.close()
    screen.close()


@pytest.fixture
def opened(window, site, wire, article):
    """(browser, tab with an article in front)"""
    wire.reset()
    window.reset(wire.url)
    tab = window.new_tab(site.add("/article", page(article)))
    tab.front()
    yield window, tab
    tab.close()


def test_keyboard_commands_label_the_article_and_step_through_the_labels(opened):
    browser, tab = opened
    focused = f"{IN_OVERLAY}?.activeElement?.dataset.index"
    tab.wait("document.hasFocus()")
    browser.shortcut("Y")
    tab.wait_for("done")
    for letter, index in ("J", 0), ("J", 1), ("J", 2), ("K", 1):
        browser.shortcut(letter)
        tab.wait(f"{focused} === '{index}'")
    browser.shortcut("Y")
    tab.wait("!document.querySelector('sayso-overlay')")


def test_the_overview_opens_at_the_side_of_the_window_and_follows_the_page(opened, article):
    browser, tab = opened
    tab.wait("document.hasFocus()")
    browser.shortcut("O")
    told = "page.document.body?.innerText"
    eventually(lambda: browser.side(f"{told}?.includes('Press Sayso')") or None)
    tab.front()
    browser.shortcut("Y")
    tab.wait_for("done")
    eventually(lambda: browser.side(f"{told}?.includes('Eskil Bratland')") or None)
    browser.side("void page.document.querySelector('.paragraphs li:last-child button').click()")
    tab.wait(f"{IN_OVERLAY}.activeElement?.dataset.index === '{len(article) - 2}'")


PROMPT = "PopupNotifications.panel.firstElementChild"


def test_firefox_reads_what_is_declared_and_asks_before_anything_is_sent(built, running, site, wire, article):
    if not isinstance(running, Firefox):
        pytest.skip("Chrome has no such declaration and no such question")
    firefox = Firefox(built["firefox"], site.port, prefs={"extensions.webextOptionalPermissionPrompts": True})
    try:
        wire.reset()
        firefox.reset(wire.url)
        collected = firefox.evaluate(
            f"""AddonManager.getAddonByID({json.dumps(FIREFOX_ID)}).then(({{userPermissions, optionalPermissions}}) =>
                [userPermissions.data_collection, optionalPermissions.data_collection])""",
            firefox.window,
        )
        assert collected == [["none"], ["websiteContent"]]
        tab = firefox.new_tab(site.add("/article", page(article)))
        firefox.press_button(tab)
        told = eventually(
            lambda: firefox.evaluate(f"PopupNotifications.isPanelOpen && {PROMPT}?.textContent", firefox.window) or None
        )
        assert "website content" in told
        assert tab.state is None
        assert wire.requests == []
        firefox.evaluate(f"void {PROMPT}.button.click()", firefox.window)
        tab.wait_for("done")
        assert len(wire.requests) == 1
    finally:
        firefox.close()
