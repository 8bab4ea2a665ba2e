"""Every request that the extension makes, counted at the wire."""

from __future__ import annotations

import json

import pytest
from browsers import IN_OVERLAY
from sites import page

CARD = f"{IN_OVERLAY}.querySelector('.card')"


def idle(tab):
    tab.js("new Promise(done => setTimeout(done, 800))")


def test_nothing_is_requested_before_the_reader_acts(browser, tab, site, wire, article):
    for surface in ("welcome", "popup", "options", "sidepanel"):
        browser.surface(surface).close()
    tab.goto(site.add("/article", page(article)))
    idle(tab)
    assert wire.requests == []


def test_a_press_makes_one_request_with_the_paragraphs_and_nothing_else(labelled, site, wire, article):
    site.add("/secret-path", page(article), **{"Set-Cookie": "session=secret-cookie"})
    tab = labelled(site.url("/secret-path?secret-query"))
    idle(tab)
    [(method, path, headers, body)] = wire.requests
    assert (method, path, body) == ("POST", "/v1/label", {"paragraphs": article[1:]})
    everything = json.dumps([headers, body])
    for private in ("secret", "news.test", article[0]):
        assert private not in everything
    assert not {"cookie", "referer", "authorization"} & {name.lower() for name in headers}


def test_reading_cards_and_scrolling_makes_no_request(labelled, site, wire, article):
    tab = labelled(site.add("/article", page(article)))
    wire.requests.clear()
    for index in range(3):
        tab.click(f"{IN_OVERLAY}.querySelectorAll('.sayso-label .face')[{index}]")
        tab.wait(f"!{CARD}.hidden")
        tab.key("Escape")
        tab.wait(f"{CARD}.hidden")
    tab.js("void scrollTo(0, 2000)")
    idle(tab)
    assert wire.requests == []


def test_the_page_itself_is_asked_for_nothing(labelled, site, article):
    site.add("/article", page(article))
    site.requests.clear()
    tab = labelled(site.url("/article"))
    idle(tab)
    assert [path for path in site.requests if path != "/favicon.ico"] == ["/article"]


@pytest.mark.parametrize("with_text", [False, True])
def test_a_correction_is_sent_on_the_button_only_as_it_was_shown_and_can_be_deleted(
    browser, labelled, site, wire, article, with_text
):
    tab = labelled(site.add("/article", page(article)))
    wire.requests.clear()
    tab.click(f"{IN_OVERLAY}.querySelectorAll('.sayso-label .face')[1]")
    tab.click(f"{CARD}.querySelector('.foot button')")
    tab.click(f"{CARD}.querySelector('input[type=radio]')")
    tab.wait(f"!{CARD}.querySelector('.send').disabled")
    if with_text:
        tab.click(f"{CARD}.querySelector('input[type=checkbox]')")
        tab.wait(f"{CARD}.querySelector('pre').textContent.includes('\"consent\": true')")
    shown = json.loads(tab.wait(f"{CARD}.querySelector('pre').textContent"))
    assert shown["text"] == (article[2] if with_text else None)
    idle(tab)
    assert wire.requests == []

    tab.click(f"{CARD}.querySelector('.send')")
    tab.wait(f"{CARD}.textContent.includes('Thank you')")
    [(method, path, _, body)] = wire.requests
    assert (method, path, body) == ("POST", "/v1/feedback", shown)

    options = browser.surface("options")
    options.click("document.querySelector('#sent button')")
    options.wait("document.querySelector('#sent').textContent === 'Nothing.'")
    assert [method for method, _, _, _ in wire.requests] == ["POST", "DELETE"]
    options.close()


def test_a_page_cannot_press_our_buttons(labelled, site, wire, article):
    tab = labelled(site.add("/article", page(article)))
    wire.requests.clear()
    tab.js(f"void {IN_OVERLAY}.querySelector('.sayso-label').click()")
    assert tab.js(f"{CARD}.hidden")
    tab.click(f"{IN_OVERLAY}.querySelectorAll('.sayso-label .face')[1]")
    tab.wait(f"!{CARD}.hidden")
    tab.js(f"void {CARD}.querySelector('.foot button').click()")
    assert not tab.js(f"!!{CARD}.querySelector('.correct')")
    idle(tab)
    assert wire.requests == []


def test_a_page_cannot_send_a_correction_that_the_reader_began(labelled, site, wire, article):
    tab = labelled(site.add("/article", page(article)))
    wire.requests.clear()
    tab.click(f"{IN_OVERLAY}.querySelectorAll('.sayso-label .face')[1]")
    tab.click(f"{CARD}.querySelector('.foot button')")
    shown = tab.wait(f"{CARD}.querySelector('pre').textContent")
    tab.js(
        f"""(card => {{
            for (const input of card.querySelectorAll('input')) input.click();
            for (const label of card.querySelectorAll('label')) label.click();
            for (const button of card.querySelectorAll('.correct button')) {{
                const label = document.createElement('label');
                button.replaceWith(label);
                label.append(button);
                button.disabled = false;
                if (button.textContent === 'Send') {{ button.click(); label.click(); }}
            }}
            card.querySelector('form')?.requestSubmit();
        }})({CARD})"""
    )
    idle(tab)
    assert wire.requests == []
    assert tab.js(f"{CARD}.querySelector('pre').textContent") == shown
