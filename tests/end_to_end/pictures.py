"""Take the pictures of docs/extension.md anew: python tests/end_to_end/pictures.py [--browser firefox] [FOLDER]

Needs the built extension. The article is the one in tests/data, labelled by the model that is shipped.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests/end_to_end")]

from browsers import EXTENSION, IN_OVERLAY, Browser, Chromium, Firefox, Tab  # noqa: E402
from live import launch_server  # noqa: E402
from sites import Site, page  # noqa: E402

ARTICLE = (ROOT / "tests/data/article.txt").read_text().strip().split("\n\n")
DARK = "body { background: #16181b; color: #dcdad4 }"
FACE = f"{IN_OVERLAY}.querySelectorAll('.sayso-label .face')"
CARD = f"{IN_OVERLAY}.querySelector('.card')"


def settle(tab: Tab) -> None:
    """Notices out of the way, fonts there, everything placed."""
    tab.js(f"void {IN_OVERLAY}?.querySelector('.notice').replaceChildren()")
    tab.js("document.fonts.ready.then(() => new Promise(done => setTimeout(done, 400)))")


def take(browser: Browser, site: Site, folder: Path) -> None:
    def shoot(tab: Tab, name: str, width: int, height: int) -> None:
        tab.front()
        tab.size(width, height)
        settle(tab)
        tab.screenshot(folder / f"extension-{name}.png")

    def labelled(path: str, style: str = "", width: int = 1200, height: int = 900) -> Tab:
        tab = browser.new_tab(site.add(path, page(ARTICLE, style=style)))
        tab.size(width, height)
        browser.press_button(tab)
        tab.wait_for("done")
        settle(tab)
        return tab

    tab = labelled("/article")
    shoot(tab, "page", 1200, 900)
    tab.click(f"{FACE}[1]")
    tab.wait(f"!{CARD}.hidden")
    shoot(tab, "card", 1200, 900)
    tab.click(f"{CARD}.querySelector('.foot button')")
    tab.click(f"{CARD}.querySelector('input[type=radio]')")
    shoot(tab, "correct", 1200, 900)
    tab.key("Escape")

    # Behind the article, or they would tell about their own tabs.
    for surface_name, name, told, width, height in (
        ("sidepanel", "overview", "Bratland", 400, 900),
        ("popup", "popup", "news.test", 344, 250),
    ):
        surface = browser.surface(surface_name)
        surface.size(width, height)
        tab.front()
        surface.js("void location.reload()")
        surface.wait(f"document.body.innerText.includes('{told}')")
        settle(surface)
        surface.screenshot(folder / f"extension-{name}.png")
        surface.close()
    tab.close()

    tab = labelled("/dark", DARK)
    tab.hover(f"{FACE}[1]")
    tab.wait(f"!{CARD}.hidden")
    shoot(tab, "dark", 1200, 900)
    tab.close()
    tab = labelled("/narrow", width=390, height=780)
    shoot(tab, "narrow", 390, 780)
    tab.close()

    for name, width, height in ("options", 760, 1180), ("welcome", 760, 660):
        surface = browser.surface(name)
        surface.size(width, height)
        surface.wait("!!document.querySelector('h1').textContent")
        if name == "options":
            surface.click("document.getElementById('check')")
            surface.wait("document.querySelectorAll('#doctor li').length === 5")
            surface.js("void scrollTo(0, 0)")
            surface.pointer(10, 10, press=False)
        shoot(surface, name, width, height)
        surface.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="Take the pictures of docs/extension.md anew.")
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "docs/pictures", help="default: %(default)s")
    parser.add_argument("--browser", choices=["chromium", "firefox"], default="chromium", help="default: %(default)s")
    options = parser.parse_args()
    site = Site()
    server = launch_server(Path(tempfile.mkdtemp()), port=7297)
    output = EXTENSION / ".output"
    browser: Browser = (
        Chromium(output / "chrome-mv3", site.port)
        if options.browser == "chromium"
        else Firefox(output / "firefox-mv3", site.port)
    )
    try:
        take(browser, site, options.folder)
    finally:
        browser.close()
        server.stop()


if __name__ == "__main__":
    main()
