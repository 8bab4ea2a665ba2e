"""Fixtures of the tests in real browsers."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsers import EXTENSION, Browser, Chromium, Firefox, Tab, bundled_finder
from sites import Site, WireTap


@pytest.fixture(scope="session")
def site() -> Site:
    return Site()


@pytest.fixture(scope="session")
def wire(server) -> WireTap:
    return WireTap(server.port)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The extension out of the zips that the stores get. Chromium takes them unzipped alone."""
    subprocess.run(["npm", "run", "--silent", "zip"], cwd=EXTENSION, check=True, capture_output=True)
    [chrome] = EXTENSION.glob(".output/*-chrome.zip")
    [firefox] = EXTENSION.glob(".output/*-firefox.zip")
    folder = tmp_path_factory.mktemp("unzipped")
    shutil.unpack_archive(chrome, folder)
    return {"chromium": folder, "firefox": firefox}


@pytest.fixture(scope="session")
def finder() -> str:
    return bundled_finder()


@pytest.fixture(scope="session", params=["chromium", "firefox"])
def running(request: pytest.FixtureRequest, built: dict[str, Path], site: Site) -> Iterator[Browser]:
    kind = {"chromium": Chromium, "firefox": Firefox}[request.param]
    browser = kind(built[request.param], site.port)
    yield browser
    browser.close()


@pytest.fixture
def browser(running: Browser, wire: WireTap) -> Browser:
    """A browser whose extension is as after a fresh install, with the wire-tapped server for its own."""
    wire.reset()
    running.reset(wire.url)
    return running


@pytest.fixture
def choosy(running: Browser, built: dict[str, Path], site: Site, wire: WireTap) -> Iterator[Browser]:
    """A browser in which the reader can switch http://news.test on and off."""
    wire.reset()
    pattern = "http://news.test/*"
    if isinstance(running, Chromium):
        browser: Browser = Chromium(built["chromium"], site.port, grantable=pattern)
        browser.reset(wire.url)
        yield browser
        browser.close()
    else:
        running.reset(wire.url)
        yield running
        running.forbid_site(pattern)


@pytest.fixture
def tab(browser: Browser) -> Iterator[Tab]:
    tab = browser.new_tab("about:blank")
    yield tab
    tab.close()


@pytest.fixture
def labelled(browser: Browser, tab: Tab):
    """Open a page, press the button, and wait for the labels: `labelled(url)` gives the tab."""

    def label(url: str, state: str = "done") -> Tab:
        tab.goto(url)
        browser.press_button(tab)
        tab.wait_for(state)
        return tab

    return label
