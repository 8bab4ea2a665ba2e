"""Switches, options, the first-run page, and stepping by keyboard."""

from __future__ import annotations

import json

import pytest
from browsers import IN_OVERLAY, OVERLAY, eventually
from sites import page

from server.tokens import Tokens

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


def test_a_server_that_was_left_does_not_pass_for_a_site_that_was_switched_on(choosy, site, wire, article):
    if choosy.name == "chromium":
        pytest.skip("what Chromium's settings page grants counts as required, which no extension gives up")
    url = site.add("/article", page(article))
    choosy.extension("chrome.storage.sync.set({server: 'http://news.test'})")
    choosy.allow_site("http://news.test/*")
    choosy.extension(f"chrome.storage.sync.set({{server: {json.dumps(wire.url)}}})")
    held = "chrome.permissions.contains({origins: ['http://news.test/*']})"
    eventually(lambda: not choosy.extension(held) or None)
    tab = choosy.new_tab(url)
    tab.js("new Promise(done => setTimeout(done, 700))")
    assert tab.state is None
    assert wire.requests == []
    tab.close()


def test_all_off_wins_over_a_site_that_is_switched_on(choosy, site, wire, article):
    choosy.extension("chrome.storage.sync.set({paused: true})")
    tab = choosy.new_tab(site.add("/article", page(article)))
    tab.front()
    choosy.allow_site("http://news.test/*")
    tab.js("new Promise(done => setTimeout(done, 700))")
    assert tab.state is None
    tab.goto(site.url("/article"))
    tab.js("new Promise(done => setTimeout(done, 700))")
    assert tab.state is None
    assert wire.requests == []
    choosy.extension("chrome.storage.sync.set({paused: false})")
    registered = "chrome.scripting.getRegisteredContentScripts().then(scripts => scripts.length || null)"
    eventually(lambda: choosy.extension(registered))
    tab.goto(site.url("/article"))
    tab.wait_for("done")
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
    return (
        404,
        "application/problem+json",
        b'{"type": "urn:sayso:problem:not-found", "detail": "There is no such route."}',
    )


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (None, "All is well."),
        (nonsense, "is not this version of Sayso"),
        (later_version, "is not this version of Sayso"),
    ],
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


def connect(options, server: str, token: str) -> None:
    """Type an address and a token, and save them."""
    options.wait("!!document.getElementById('server').value")
    for name, value in {"server": server, "token": token}.items():
        options.js(f"void (document.getElementById('{name}').value = {json.dumps(value)})")
    options.click("document.querySelector('#connection [type=submit]')")
    options.wait(f"chrome.storage.local.get().then(({{token}}) => token === {json.dumps(token)})")


def diagnosis(options) -> str:
    options.click("document.getElementById('check')")
    last: str = options.wait(f"(found => /^✗|All is well/.test(found) && found)({FINDINGS}.at(-1))")
    return last


def test_a_token_typed_as_soon_as_the_address_shows_stays(browser, tab):
    if browser.name == "firefox":
        pytest.skip("Firefox lets no driver run a script before those of an extension's page")
    browser.extension("chrome.storage.local.set({token: 'stored'})")
    tab.page.add_init_script(
        """const {local} = chrome.storage, get = local.get.bind(local);
        local.get = (...wanted) => new Promise(done => setTimeout(() => done(get(...wanted)), 500));"""
    )
    tab.goto(f"{browser.origin}/options.html")
    assert tab.wait("document.getElementById('server').value && [document.getElementById('token').value]") == ["stored"]


def test_a_server_that_demands_a_token_is_reached_with_one_and_no_other(
    browser, tab, surface, site, start_server, tmp_path, article
):
    (tmp_path / "server-0").mkdir()
    token = Tokens(tmp_path / "server-0").create("reader")
    server = start_server(trusted_hosts="127.0.0.1,sayso.example")  # beyond loopback it demands tokens
    options = surface("options")
    connect(options, server.url, "wrong")
    assert "does not know the token" in diagnosis(options)
    tab.goto(site.add("/article", page(article)))
    browser.press_button(tab)
    assert "does not know the token" in tab.said()

    connect(options, server.url, token)
    assert "All is well." in diagnosis(options)
    tab.front()
    tab.click(f"[...{IN_OVERLAY}.querySelectorAll('.notice button')].find(e => e.textContent === 'Try again')")
    tab.wait_for("done")
    assert len(tab.labels) == len(article) - 1


def test_a_server_that_refuses_extensions_is_told_apart_and_says_what_its_operator_can_do(
    browser, surface, start_server
):
    server = start_server(allowed_origins="https://news.example")
    browser.extension(f"chrome.storage.sync.set({{server: {json.dumps(server.url)}}})")
    told = diagnosis(surface("options"))
    assert "does not let this browser’s Sayso in" in told
    assert "SAYSO_ALLOWED_ORIGINS" in told
    assert browser.origin in told


def test_two_pages_of_settings_agree_at_once_and_after_a_reset(surface):
    one, other = surface("options"), surface("options")
    boxed = "document.querySelector('[name=palette][value=strong]')"
    calm = "document.querySelector('[name=palette][value=calm]')"
    one.front()
    one.click(boxed)
    other.wait(f"{boxed}.checked")
    other.front()
    other.click("document.querySelector('[name=shown][value=forecast]')")
    one.wait("!document.querySelector('[name=shown][value=forecast]').checked")
    one.front()
    one.click("document.getElementById('reset')")
    other.wait(f"{calm}.checked && document.querySelectorAll('[name=shown]:checked').length === 4")


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
