"""The page at / in a real Chromium."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from live import ROOT, Server
from playwright.sync_api import Browser, Page, expect
from services import need, playwright


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = need(shutil.which("chromium"), "chromium")
    browser = playwright().chromium.launch(executable_path=path, args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """At / of the server; whatever the browser complains about, or asks of another site, fails the test."""
    page = browser.new_page(viewport={"width": 1180, "height": 1400})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: request.url.startswith(server.url) or complaints.append(request.url))
    page.goto(server.url)
    page.complaints = complaints  # type: ignore[attr-defined]
    yield page
    page.close()
    assert complaints == []


def shown_labels(page: Page) -> list[str | None]:
    page.wait_for_selector("#article .sayso-label")
    labels = page.locator("#article .sayso-label").evaluate_all("all => all.map(one => one.dataset.label)")
    return [None if label == "none" else label for label in labels]


def test_each_paragraph_of_a_pasted_article_is_shown_with_its_label(page: Page, server: Server, article):
    page.fill("#text", "\n\n".join(article))
    page.click("text=Label it")
    answer = server.post("/v1/label", {"paragraphs": article}).json()
    assert shown_labels(page) == [paragraph["label"] for paragraph in answer["paragraphs"]]
    assert page.locator("#article .text").all_text_contents() == article
    marked = page.locator("#article mark.cue").all_text_contents()
    cues = [(p["index"], c) for p in answer["paragraphs"] for s in p["sentences"] for c in s["cues"]]
    assert set(marked) <= {article[index][cue["start"] : cue["end"]] for index, cue in cues}
    assert "said" in marked
    assert "Eskil Bratland" in page.locator("#article .speaker").all_text_contents()
    assert page.locator("#sources li").count() == len(answer["summary"]["sources"])
    assert f"{answer['summary']['words']:,} words in all" in page.inner_text("#forecast-share")


def test_it_works_by_keyboard_alone(page: Page):
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.focus("#text")
    page.keyboard.type("The harbour is closed, Ine Solvang said on Monday.")
    page.keyboard.press("Control+Enter")
    assert shown_labels(page) == ["attributed_claim"]
    expect(page.locator("#status")).to_have_text("1 paragraph labelled.")
    expect(page.locator("#summary-title")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#sources button").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#sources button").first).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#article details")).to_have_attribute("open", "")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong(page: Page, server: Server, article, scheme):
    page.emulate_media(color_scheme=scheme)
    page.fill("#text", "\n\n".join(article))
    page.click("text=Label it")
    shown_labels(page)
    page.locator("#article summary").first.click()
    assert not (found := Axe().run(page)).violations_count, found.generate_report()
    page.goto(f"{server.url}/api")
    assert not (found := Axe().run(page)).violations_count, found.generate_report()


def test_markup_in_the_text_stays_text(page: Page):
    page.fill(
        "#text", "<img src=x onerror=alert(1)> is what <b>Ine Solvang</b> said on Monday, <script>alert(2)</script>."
    )
    page.click("text=Label it")
    shown_labels(page)
    assert page.locator("#result img, #result script").count() == 0
    assert "<img src=x onerror=alert(1)>" in page.inner_text("#article")


def test_what_the_server_refuses_is_told(page: Page):
    page.click("text=Label it")
    expect(page.locator("#status")).to_contain_text("The article holds no text")
    page.complaints.clear()  # type: ignore[attr-defined]  # the browser reports the 422 itself


def test_a_file_is_labelled_whether_text_or_page(page: Page, tmp_path, article):
    text, html = tmp_path / "article.txt", tmp_path / "article.html"
    text.write_text("\n\n".join(article))
    html.write_text("<article>" + "".join(f"<p>{paragraph}</p>" for paragraph in article) + "</article>")
    page.set_input_files("#file", text)
    from_text = shown_labels(page)
    page.evaluate("document.getElementById('article').replaceChildren()")
    page.set_input_files("#file", html)
    assert shown_labels(page) == from_text


def test_a_dropped_file_is_labelled(page: Page):
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File(["The harbour is closed, Ine Solvang said."], "a.txt", { type: "text/plain" }));
            document.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }"""
    )
    assert shown_labels(page) == ["attributed_claim"]


def test_the_page_fits_a_telephone(browser: Browser, server: Server):
    page = browser.new_page(viewport={"width": 360, "height": 700})
    page.goto(server.url)
    page.click("text=Try an example")
    shown_labels(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.close()


def test_page_and_extension_have_the_same_inks():
    """A reader who knows one knows the other."""

    def inks(path: str) -> dict[str, str]:
        rules = (ROOT / path).read_text()
        return dict(
            re.findall(r"--(ink|soft|paper|line|[a-z]+_claim|reported_fact|forecast): (light-dark[^;]+);", rules)
        )

    assert inks("server/static/page.css") == inks("extension/common/labels.css")
