"""Switches, options, the first-run page, and stepping by keyboard."""

from __future__ import annotations

import json

import pytest
from browsers import IN_OVERLAY, OVERLAY
from sites import page

LABELS = f"{IN_OVERLAY}.querySelectorAll('.sayso-label')"
FINDINGS = "[...document.querySelectorAll('#doctor li')].map(item => item.textContent)"


@pytest.fixture
def surface(browser):
    """Open one of the extension's pages; it is closed after the test."""
    opened = []

    def open_surface(name: str):
        opened.append(browser.surface(name))
        opened[-1].wait("!!document.documentElement.lang && !!document.querySelector('h1')?.textContent")
        return opened[-1]

    yield open_surface
    for tab in opened:
        tab.close()


def test_a_site_that_is_switched_on_is_labelled_without_a_press_and_no_other(choosy, site, wire, article):
    url = site.add("/article", page(article))
    choosy.allow_site("http://news.test/*")
    tab = choosy.new_tab(url)
    tab.wait_for("done")
    assert [path for _, path, _, _ in wire.requests] == ["/v1/label"]
    tab.goto(url.replace("news.test", "other.test"))
    tab.js("new Promise(done => setTimeout(done, 700))")
    assert tab.state is None
    choosy.forbid_site("http://news.test/*")
    tab.goto(url)
    tab.js("new Promise(done => setTimeout(done, 700))")
    assert tab.state is None
    assert len(wire.requests) == 1
    tab.close()


def test_all_off_takes_labels_away_and_keeps_them_away(browser, labelled, surface, site, wire, article):
    tab = labelled(site.add("/article", page(article)))
    popup = surface("popup")
    popup.click("document.getElementById('paused')")
    tab.wait("!document.querySelector('sayso-overlay')")
    wire.requests.clear()
    popup.wait("chrome.storage.sync.get().then(({paused}) => paused)")
    browser.press_button(tab)
    tab.js("new Promise(done => setTimeout(done, 700))")
    assert tab.state is None
    assert wire.requests == []


def test_options_change_the_labels_at_once(labelled, surface, site, article):
    tab = labelled(site.add("/article", page(article)))
    options = surface("options")
    options.click("document.querySelector('[name=density][value=shape]')")
    options.click("document.querySelector('[name=palette][value=ink]')")
    options.click("document.querySelector('[name=shown][value=attributed_claim]')")
    tab.wait(f"{OVERLAY}.dataset.density === 'shape' && {OVERLAY}.dataset.palette === 'ink'")
    tab.wait(
        f"""[...{LABELS}].every(e =>
            (e.dataset.label === 'attributed_claim') === (getComputedStyle(e).display === 'none'))"""
    )
    options.click("document.getElementById('reset')")
    tab.wait(f"{OVERLAY}.dataset.density === 'full' && !{OVERLAY}.dataset.hide")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("http://", "this is no address"),
        ("http://sayso.example.org", "needs an address that begins with https://"),
        ("127.0.0.1:7297/", "Saved."),
    ],
)
def test_the_server_address_is_checked_before_it_is_kept(surface, wire, typed, told):
    options = surface("options")
    options.wait("!!document.getElementById('server').value")
    options.js(f"void (document.getElementById('server').value = {json.dumps(typed)})")
    options.click("document.querySelector('#connection [type=submit]')")
    assert told in options.wait("document.getElementById('outcome').textContent")
    kept = options.js("chrome.storage.sync.get().then(({server}) => server)")
    assert kept == ("http://127.0.0.1:7297" if told == "Saved." else wire.url)


def nonsense(_):
    return 200, "text/html", b"<h1>It works!</h1>"


def later_version(_):
    return 404, "application/problem+json", b'{"type": "urn:sayso:problem:not-found", "detail": "There is no such route."}'


@pytest.mark.parametrize(
    ("fault", "found"),
    [(None, "All is well."), (nonsense, "is not this version of Sayso"), (later_version, "is not this version of Sayso")],
    ids=["well", "another program", "another version"],
)
def test_the_connection_doctor_says_what_is_wrong(surface, wire, fault, found):
    wire.fault = fault
    options = surface("options")
    options.click("document.getElementById('check')")
    options.wait(f"{FINDINGS}.at(-1)?.includes({json.dumps(found)})")


def test_the_connection_doctor_says_how_to_start_the_server(browser, surface):
    browser.extension("chrome.storage.sync.set({server: 'http://127.0.0.1:9'})")
    options = surface("options")
    options.click("document.getElementById('check')")
    options.wait(f"{FINDINGS}.at(-1)?.includes('make run')")


def test_the_first_run_page_names_the_configured_address_and_takes_a_no(browser, tab, surface, site, wire, article):
    welcome = surface("welcome")
    welcome.wait(f"document.body.textContent.includes('{wire.url}')")
    welcome.click("document.getElementById('decline')")
    welcome.wait("document.getElementById('status').textContent.includes('Nothing will be sent')")
    tab.goto(site.add("/article", page(article)))
    browser.press_button(tab)
    tab.wait_for("error")
    assert "not agreed" in tab.said()
    assert wire.requests == []
    welcome.click("document.getElementById('agree')")
    welcome.wait("document.getElementById('status').textContent.includes('Agreed')")
    browser.press_button(tab)
    tab.wait("!document.querySelector('sayso-overlay')")
    browser.press_button(tab)
    tab.wait_for("done")


def test_another_computer_is_sent_nothing_before_the_reader_agreed(browser, tab, site, article):
    browser.extension("chrome.storage.sync.set({server: 'https://sayso.test'})")
    tab.goto(site.add("/article", page(article)))
    browser.press_button(tab)
    tab.wait_for("error")
    assert "not agreed to send paragraphs to https://sayso.test" in tab.said()


def test_the_keyboard_steps_through_labels(browser, labelled, site, article):
    tab = labelled(site.add("/article", page(article)))
    focused = f"{IN_OVERLAY}.activeElement?.dataset.index"
    step = """chrome.tabs.query({}).then(tabs => Promise.allSettled(
        tabs.map(({id}) => chrome.tabs.sendMessage(id, {type: 'step', by: 1}))).then(() => 1))"""
    browser.extension(step)  # what the keyboard command does
    tab.wait(f"{focused} === '0'")
    tab.key("ArrowDown")
    tab.wait(f"{focused} === '1'")
    for _ in range(12):
        tab.key("ArrowDown")
    tab.wait(f"{focused} === '13'")
    tab.wait(
        "(top => top > 0 && top < innerHeight)(document.querySelectorAll('article p')[13].getBoundingClientRect().top)"
    )
