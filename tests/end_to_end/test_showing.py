"""How labels stand beside the text, and what they leave alone."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import pytest
from browsers import IN_OVERLAY, OVERLAY
from sites import of_another_set, page, shell

FACES = f"{IN_OVERLAY}.querySelectorAll('.sayso-label .face')"
CARD = f"{IN_OVERLAY}.querySelector('.card')"

# Every label near the window: how far its top is from its paragraph's, and whether its face covers any of the text.
MISPLACED = f"""(() => {{
    const paragraphs = [...document.querySelectorAll('article p')];
    return [...{IN_OVERLAY}.querySelectorAll('.sayso-label')].flatMap(label => {{
        const p = paragraphs[label.dataset.index].getBoundingClientRect();
        if (p.bottom < 0 || p.top > innerHeight) return [];
        const range = document.createRange();
        range.selectNodeContents(paragraphs[label.dataset.index]);
        const text = range.getBoundingClientRect(), face = label.querySelector('.face').getBoundingClientRect();
        const beside = face.right <= text.left + 1 || face.left >= text.right - 1;
        const over = face.bottom <= text.top + 1;
        const level = Math.abs(label.getBoundingClientRect().top - text.top) < 2 || over;
        return (beside || over) && level && face.right <= innerWidth && face.left >= -1 ? [] : [label.dataset.index];
    }});
}})()"""


def settle(tab):
    tab.js("new Promise(done => setTimeout(done, 150)).then(() => new Promise(requestAnimationFrame)).then(() => 1)")


def test_showing_labels_shifts_nothing(browser, tab, site, article):
    layout = """JSON.stringify([...document.querySelectorAll('body *')].map(e => e.getBoundingClientRect())
        .concat([document.documentElement.scrollHeight, document.documentElement.scrollWidth]))"""
    tab.goto(site.add("/article", page(article)))
    before = tab.js(layout)
    browser.press_button(tab)
    tab.wait_for("done")
    settle(tab)
    assert tab.js(layout) == before


CHANGES = {
    "nothing": "1",
    "scrolling": "scrollTo(0, 700)",
    "larger type": "document.body.style.fontSize = '26px'",
    "a late image": """document.querySelector('h1')
        .insertAdjacentHTML('afterend', '<div style="height: 217px"></div>')""",
    "another column": "document.body.style.marginLeft = '500px'",
}


@pytest.mark.parametrize("change", CHANGES)
def test_labels_stay_beside_their_paragraphs_after(labelled, site, article, change):
    tab = labelled(site.add("/article", page(article)))
    tab.js(f"void ({CHANGES[change]})")
    settle(tab)
    assert tab.js(MISPLACED) == []


@pytest.mark.parametrize("width", [1200, 700, 360])
def test_labels_find_room_in_a_window_of_any_width(labelled, site, article, width):
    tab = labelled(site.add("/article", page(article)))
    tab.size(width, 800)
    settle(tab)
    assert tab.js(MISPLACED) == []
    assert tab.js("document.documentElement.scrollWidth <= innerWidth")
    tab.size(1200, 900)


def test_labels_stand_right_of_text_that_runs_from_right_to_left(labelled, site, article):
    tab = labelled(site.add("/rtl", page(article, attributes='lang="en" dir="rtl"')))
    settle(tab)
    assert tab.js(MISPLACED) == []
    assert tab.js(
        f"{FACES}[0].getBoundingClientRect().left > document.querySelector('article p').getBoundingClientRect().right"
    )


def test_labels_of_paragraphs_far_away_are_not_laid_out(labelled, site, article):
    tab = labelled(site.add("/long", page(article, style="p { margin-bottom: 900px }")))
    settle(tab)
    placed = tab.js(f"[...{IN_OVERLAY}.querySelectorAll('.sayso-label')].filter(e => e.style.translate).length")
    assert 1 <= placed <= 3


def test_the_sentence_and_its_cue_are_marked_on_demand_only(labelled, site, article):
    tab = labelled(site.add("/article", page(article)))
    marks = "['sayso-sentence', 'sayso-cue', 'sayso-speaker'].map(name => CSS.highlights.get(name)?.size ?? 0)"
    assert tab.js(marks) == [0, 0, 0]
    tab.hover(f"{FACES}[1]")
    tab.wait(f"{marks}.every(count => count > 0)")
    marked = tab.js("[...CSS.highlights.get('sayso-speaker')].map(range => range.toString())")
    assert any("Bratland" in text for text in marked)
    tab.key("Escape")
    tab.wait(f"{marks}.join() === '0,0,0'")


def test_the_card_says_why_whose_words_and_how_sure(labelled, site, article):
    tab = labelled(site.add("/article", page(article)))
    tab.click(f"{FACES}[1]")
    tab.wait(f"!{CARD}.hidden")
    text = tab.js(f"{CARD}.textContent")
    for part in (
        "Attributed claim",
        "Named sources vouch for",
        "Whose words",
        "Bratland",
        "Sure (",
        "sayso-en",
        "Not right?",
    ):
        assert part in text
    tab.key("Escape")
    tab.wait(f"{CARD}.hidden")


def test_an_uncertain_label_looks_and_sounds_uncertain(labelled, site, wire, article):
    def unsure(answer):
        answer["paragraphs"][0]["certain"] = False
        return answer

    wire.change = unsure
    tab = labelled(site.add("/article", page(article)))
    words = f"{IN_OVERLAY}.querySelectorAll('.sayso-label')"
    assert tab.js(f"getComputedStyle({words}[0].querySelector('.word'), '::after').content") == '"?"'
    assert "not sure" in tab.js(f"{words}[0].getAttribute('aria-label')")
    assert "not sure" not in tab.js(f"{words}[1].getAttribute('aria-label')")


def test_labels_of_another_set_are_shown_by_their_names_and_offered_as_corrections(labelled, site, wire, article):
    wire.change = of_another_set
    tab = labelled(site.add("/article", page(article)))
    face = f"{IN_OVERLAY}.querySelector('.sayso-label[data-label=documented_claim] .face')"
    assert tab.js(f"{face}.querySelector('.word').textContent") == "Documented claim"
    disc, ink = (tab.js(f"{face}.querySelector('path').getAttribute('d')"), tab.js(f"getComputedStyle({face}).color"))
    assert disc.startswith("M8 3.5")
    assert tab.js(f"getComputedStyle({face}.querySelector('svg')).fill") not in ("none", ink)
    tab.click(face)
    tab.wait(f"!{CARD}.hidden && {CARD}.textContent.includes('of its words are told so')")
    assert "undefined" not in tab.js(f"{CARD}.textContent")
    tab.click(f"[...{CARD}.querySelectorAll('button')].find(button => button.textContent === 'Not right?')")
    choices = tab.wait(
        f"(all => all.length && all)([...{CARD}.querySelectorAll('fieldset label')].map(e => e.textContent))"
    )
    assert choices == ["Reported fact", "Anonymous claim", "Forecast", "No statement"]


def test_nothing_of_ours_is_in_a_copied_selection(labelled, site, article):
    tab = labelled(site.add("/article", page(article)))
    tab.js("void addEventListener('copy', () => { window.copied = getSelection().toString() })")
    tab.key("Control", "a")
    tab.key("Control", "c")
    copied = tab.wait("window.copied")
    assert article[1] in copied
    assert "Attributed claim" not in copied
    assert "Reported fact" not in copied


def test_nothing_of_ours_is_printed(labelled, site, article):
    tab = labelled(site.add("/article", page(article, style="sayso-overlay { display: block !important }")))
    assert tab.js(f"getComputedStyle({OVERLAY}).display") == "block"
    tab.media(printed=True)
    printed = tab.js(f"getComputedStyle({OVERLAY}).display")
    tab.media()
    assert printed == "none"


FONT = Path(matplotlib.get_data_path(), "fonts/ttf/DejaVuSansMono-Bold.ttf")  # far wider than any serif


def test_labels_follow_a_web_font_that_arrives_late_and_shift_nothing(browser, labelled, site, article):
    layout = "JSON.stringify([...document.querySelectorAll('body *')].map(e => e.getBoundingClientRect()))"
    site.add("/late.ttf", FONT.read_bytes(), **{"Content-Type": "font/ttf"})
    arrive = site.hold("/late.ttf")
    style = """@font-face { font-family: Late; src: url(/late.ttf); font-display: swap }
        article { font-family: Late, serif }"""
    tab = labelled(site.add("/font", page(article, style=style)))
    before = tab.js(layout)
    arrive()
    tab.wait("document.fonts.status === 'loaded' && document.fonts.check('18px Late')")
    settle(tab)
    after = tab.js(layout)
    assert after != before
    assert tab.js(MISPLACED) == []
    browser.press_button(tab)
    tab.wait("!document.querySelector('sayso-overlay')")
    assert tab.js(layout) == after


@pytest.mark.parametrize("factor", [0.5, 1.75])
def test_labels_stay_beside_their_paragraphs_when_the_page_is_zoomed(browser, labelled, site, article, factor):
    tab = labelled(site.add("/article", page(article)))
    density = tab.js("devicePixelRatio")
    try:
        browser.zoom(tab, factor)
        tab.wait(f"Math.abs(devicePixelRatio / {density} - {factor}) < 0.1")
        settle(tab)
        assert tab.js(MISPLACED) == []
    finally:
        browser.zoom(tab, 1)


def test_nothing_moves_for_a_reader_who_wants_no_motion(labelled, site, article):
    tab = labelled(site.add("/article", page(article)))
    try:
        tab.media(calm=True)
        tab.click(f"{FACES}[0]")
        tab.key("Escape")
        positions = tab.js(
            f"""(async () => {{ const seen = new Set([scrollY]);
            {IN_OVERLAY}.querySelectorAll('.sayso-label')[18].focus();
            for (let i = 0; i < 30; i++) {{ seen.add(scrollY); await new Promise(requestAnimationFrame) }}
            return [...seen] }})()"""
        )
        assert len(positions) == 2  # it jumps
        moving = f"{IN_OVERLAY}.getAnimations().filter(e => e.effect.getComputedTiming().activeDuration > 1).length"
        assert tab.js(moving) == 0
    finally:
        tab.media()


@pytest.mark.parametrize(
    ("ground", "tone"),
    [
        ("none", "light"),
        ("#111", "dark"),
        ("oklch(0.98 0 0)", "light"),
        ("oklch(0.2 0.02 250)", "dark"),
        ("color(srgb 0.95 0.95 0.95)", "light"),
        ("lab(10 0 0 / 0.9)", "dark"),
    ],
)
def test_labels_take_the_tone_of_the_page_and_not_of_the_browser(labelled, site, article, ground, tone):
    tab = labelled(site.add("/toned", page(article, style=f"body {{ background: {ground}; color: #888 }}")))
    assert tab.js(f"{OVERLAY}.dataset.tone") == tone


def test_labels_follow_text_in_a_scrolling_box(labelled, site, article):
    box = "<main style='height: 500px; overflow: auto; margin-left: 220px'>"
    tab = labelled(
        site.add(
            "/box",
            shell(
                box + page(article).split("<body>")[1].split("</body>")[0] + "</main>", style="body { max-width: none }"
            ),
        )
    )
    tab.js("void document.querySelector('main').scrollTo(0, 300)")
    settle(tab)
    assert tab.js(MISPLACED) == []
