"""What the extension costs on saved pages, in Chromium: python benchmarks/extension.py

Prints, page by page, the time to find the paragraphs, from the press to the first label, the longest task that the page
suffered from then on, and by how much its memory grew. Needs the browser, a built extension and ../shared/pages.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/end_to_end")]

from browsers import EXTENSION, Chromium, bundled_finder  # noqa: E402
from live import launch_server  # noqa: E402
from sites import Site  # noqa: E402

PAGES = ROOT.parent / "shared/pages"
WATCH_TASKS = """(window.longest = 0, new PerformanceObserver(list => {
    for (const entry of list.getEntries()) window.longest = Math.max(window.longest, entry.duration);
}).observe({type: 'longtask'}), 1)"""

FIND = "(start => (sayso.findArticles(document), performance.now() - start))(performance.now())"


def in_content_script(tab, expression: str) -> float:
    """What an expression gives in the content script's own world."""
    session = tab.page.context.new_cdp_session(tab.page)
    worlds: list[dict] = []
    session.on("Runtime.executionContextCreated", lambda event: worlds.append(event["context"]))
    session.send("Runtime.enable")
    [world] = [each["id"] for each in worlds if each["name"] == "Sayso"]
    reply = session.send("Runtime.evaluate", {"contextId": world, "expression": expression, "returnByValue": True})
    session.detach()
    value: float = reply["result"]["value"]
    return value


def heap(tab) -> float:
    """What the page and its content scripts hold after a collection, MB: JavaScript, DOM nodes and buffers.

    V8 tells of the whole isolate, in which the content script's world lies too: two million doubles made in that world
    alone raise `usedSize` by 16 MB. DOM nodes are kept in Blink's own heap, `embedderHeapUsedSize`.
    """
    session = tab.page.context.new_cdp_session(tab.page)
    session.send("HeapProfiler.collectGarbage")
    usage = session.send("Runtime.getHeapUsage")
    session.detach()
    used: float = usage["usedSize"] + usage["embedderHeapUsedSize"] + usage["backingStorageSize"]
    return used / 1e6


def main() -> None:
    site = Site()
    server = launch_server(Path(tempfile.mkdtemp()))
    finder = bundled_finder()
    browser = Chromium(EXTENSION / ".output/chrome-mv3", site.port)
    finding, labels, tasks, growth = [], [], [], []
    try:
        browser.reset(server.url)
        print(f"{'page':20}{'find ms':>10}{'label ms':>10}{'task ms':>10}{'memory MB':>11}")
        for path in sorted(PAGES.glob("*.html")):
            tab = browser.new_tab(site.add(f"/{path.stem}", path.read_bytes()))
            time.sleep(1.5)  # the page's own scripts come to rest
            before = heap(tab)
            tab.js(WATCH_TASKS)
            start = time.perf_counter()
            browser.press_button(tab)
            tab.wait_for("done")
            labels.append(1000 * (time.perf_counter() - start))
            time.sleep(0.5)
            tasks.append(tab.js("longest"))
            growth.append(heap(tab) - before)
            in_content_script(tab, f"({finder}, 1)")
            finding.append(in_content_script(tab, FIND))
            print(f"{path.stem:20}{finding[-1]:10.0f}{labels[-1]:10.0f}{tasks[-1]:10.0f}{growth[-1]:11.1f}")
            tab.close()
        print(
            f"{'median':20}{statistics.median(finding):10.0f}{statistics.median(labels):10.0f}"
            f"{statistics.median(tasks):10.0f}{statistics.median(growth):11.1f}"
        )
        print(f"{'aim':20}{'< 60':>10}{'':>10}{'<= 100':>10}{'< 10':>11}")
    finally:
        browser.close()
        server.stop()


if __name__ == "__main__":
    main()
