import type { Answer, ParagraphAnswer } from "../common/answer";
import { h, onPress } from "../common/dom";
import { LABELS, type Label, shape } from "../common/labels";
import type { State } from "../common/messages";
import type { Settings } from "../common/settings";
import { t, word, words } from "../common/text";
import { Card } from "./card";
import { type Article, rangeAround } from "./find";
import { mark, unmark } from "./marks";
import css from "./overlay.css?inline";
import { Placement } from "./placement";

/** The labels of one article on the page. */
export interface Group extends Article {
  answer: Answer;
  /** How many paragraphs of earlier articles come before, counted in `data-index`. */
  first: number;
}

interface Shown {
  button: HTMLButtonElement;
  group: Group;
  index: number;
  placed: ReturnType<Placement["add"]>;
}

/** The one element that we add to a page. Everything shown lives in its shadow root; docs/extension.md has its contract. */
export class Overlay {
  readonly host = document.createElement("sayso-overlay");
  private readonly root = this.host.attachShadow({ mode: "open" });
  private readonly labels = h("div", { class: "labels", role: "group", "aria-label": t("labels_on_this_page") });
  private readonly notice = h("div", { class: "notice", role: "status" });
  private readonly card = new Card((index) => this.go(index));
  private readonly placement = new Placement(this.host);
  private shown: Shown[] = [];

  constructor() {
    this.host.dir = t("@@bidi_dir"); // the page's own direction is not ours
    const sheet = new CSSStyleSheet(); // which no page's policy forbids, unlike a style element
    sheet.replaceSync(css);
    this.root.adoptedStyleSheets = [sheet];
    this.root.append(this.labels, this.card.element, this.notice);
    this.labels.addEventListener("keydown", (event) => this.onKey(event));
    this.attach();
  }

  /** Put the host onto the page, or back onto it after the page threw it away. */
  attach(): void {
    document.documentElement.append(this.host);
  }

  set state(state: State) {
    this.host.dataset.saysoState = state;
  }

  /** What was said last, whether or not it is still to be seen. */
  message = "";

  /** A short word at the foot of the window. It goes by itself, unless there is something to do about it. */
  say(message: string, todo: { text: string; act: () => void }[] = []): void {
    const close = h("button", { type: "button", class: "close", "aria-label": t("close") }, "×");
    onPress(close, () => this.notice.replaceChildren());
    const buttons = todo.map(({ text, act }) => {
      const button = h("button", { type: "button" }, text);
      onPress(button, act);
      return button;
    });
    const foot = h("div", { class: "foot" }, ...buttons);
    // A box of its own, so that each message passes in its own time.
    this.notice.replaceChildren(h("div", { "data-passing": !todo.length }, h("p", {}, message), close, foot));
    this.message = message;
  }

  set settings({ density, palette, shown }: Settings) {
    Object.assign(this.host.dataset, {
      density,
      palette,
      hide: LABELS.filter((label) => !shown.includes(label)).join(" "),
    });
    this.placement.later();
    this.keepStop();
  }

  show(group: Group): void {
    const probe = h("span");
    this.root.append(probe);
    this.host.dataset.tone = isDark(group.paragraphs[0]!.element, probe) ? "dark" : "light";
    probe.remove();
    for (const [index, paragraph] of group.answer.paragraphs.entries()) {
      if (!paragraph.label) continue;
      const button = labelButton(paragraph, paragraph.label);
      const { element, pieces } = group.paragraphs[index]!;
      const shown = { button, group, index, placed: this.placement.add(button, element, rangeAround(pieces)) };
      button.addEventListener("pointerenter", () => this.card.dismissed !== button && this.open(shown, false));
      button.addEventListener("pointerleave", () => this.card.leave());
      button.addEventListener("focus", () => this.focused(shown));
      onPress(button, () => this.open(shown, true));
      this.shown.push(shown);
    }
    this.order();
  }

  /** The paragraphs stand on other nodes now. Those whose text is not there any more lose their labels until it is again. */
  move(group: Group, article: Article, first: number): void {
    group.first = first;
    const texts = article.paragraphs.map(({ text }) => text);
    let from = 0;
    const found = group.paragraphs.map(({ text }) => {
      const at = texts.indexOf(text, from);
      if (at >= 0) from = at + 1;
      return article.paragraphs[at];
    });
    group.paragraphs = group.paragraphs.map((old, i) => found[i] ?? old);
    for (const shown of this.shown.filter((shown) => shown.group === group)) {
      const paragraph = found[shown.index];
      shown.button.hidden = !paragraph;
      if (!paragraph) {
        this.closeCard(shown);
        continue;
      }
      this.placement.remove(shown.placed);
      shown.placed = this.placement.add(shown.button, paragraph.element, rangeAround(paragraph.pieces));
    }
  }

  take(group: Group): void {
    for (const shown of this.shown.filter((shown) => shown.group === group)) {
      this.placement.remove(shown.placed);
      this.closeCard(shown);
      shown.button.remove();
    }
    this.shown = this.shown.filter((shown) => shown.group !== group);
  }

  /** Bring the labels into the order of the page and count them anew. Those that stay are not touched: one may have the focus. */
  order(): void {
    this.shown.sort((a, b) => number(a) - number(b));
    let next = this.labels.firstElementChild;
    for (const shown of this.shown) {
      const { button, group, index } = shown;
      const counted = String(number(shown));
      if (button.dataset.index !== counted) {
        button.dataset.index = counted;
        button.setAttribute("aria-label", nameOf(group.answer.paragraphs[index]!, number(shown)));
      }
      if (button === next) next = next.nextElementSibling;
      else this.labels.insertBefore(button, next);
    }
    this.keepStop();
  }

  /** Focus the label after (or before) the one that has the focus, or the first in the window. */
  step(by: 1 | -1): void {
    const visible = this.shown.filter(isVisible);
    const from = this.card.pinned ? this.card.label : this.root.activeElement;
    const current = visible.findIndex(({ button }) => button === from);
    const inView = visible.findIndex(({ placed }) => placed.range.getBoundingClientRect().bottom > 0);
    this.card.close(); // a pinned one would stay, and keep that of the next label away
    visible.at(current < 0 ? Math.max(inView, 0) : (current + by) % visible.length)?.button.focus();
  }

  /** Scroll to a paragraph and focus its label, unless the reader hides it. */
  go(index: number): void {
    const shown = this.shown.find((shown) => number(shown) >= index);
    if (shown && isVisible(shown)) shown.button.focus();
    else if (shown) this.scrollTo(shown);
  }

  remove(): void {
    this.placement.stop();
    this.card.close();
    unmark();
    this.host.remove();
  }

  private closeCard({ button }: Shown): void {
    if (this.card.label === button) this.card.close();
  }

  private open({ button, group, index }: Shown, pinned: boolean): void {
    if (!pinned && (this.card.pinned || this.card.returning)) return;
    mark(group.paragraphs, index, group.answer.paragraphs[index]!);
    this.card.open(button, group, index, pinned);
  }

  private scrollTo({ placed }: Shown): void {
    const box = placed.range.getBoundingClientRect();
    if (box.top < 0 || box.bottom > innerHeight)
      scrollTo({
        top: scrollY + box.top - innerHeight / 3,
        behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth",
      });
  }

  private focused(shown: Shown): void {
    this.scrollTo(shown);
    this.focusable(shown);
    if (shown.button.matches(":focus-visible")) this.open(shown, false);
  }

  /** One stop for the Tab key; arrow keys go from label to label. */
  private focusable(shown: Shown | undefined): void {
    for (const { button } of this.shown) button.tabIndex = button === shown?.button ? 0 : -1;
  }

  /** Where the label with that stop is gone or hidden, the first one gets it. */
  private keepStop(): void {
    if (!this.shown.some((shown) => shown.button.tabIndex === 0 && isVisible(shown)))
      this.focusable(this.shown.find(isVisible));
  }

  private onKey(event: KeyboardEvent): void {
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key] as 1 | -1 | undefined;
    if (!by) return;
    event.preventDefault();
    this.step(by);
  }
}

/** Counted over all paragraphs of the page. */
const number = ({ group, index }: Shown) => group.first + index;

const isVisible = ({ button }: Shown) => getComputedStyle(button).display !== "none";

function nameOf(paragraph: ParagraphAnswer, number: number): string {
  const who = mainSpeaker(paragraph);
  // The visible words come in the order in which they are seen, so that a reader can say them to press the label.
  return [
    t("paragraph_n", number + 1),
    word(paragraph.label!),
    ...(who ? [who] : []),
    ...(paragraph.certain ? [] : [t("not_sure")]),
    ...(paragraph.also.length ? [t("also", words(paragraph.also))] : []),
  ].join(", ");
}

function labelButton(paragraph: ParagraphAnswer, label: Label): HTMLButtonElement {
  const who = mainSpeaker(paragraph);
  const also = paragraph.also.length > 0 && h("span", { class: "also" }, ...paragraph.also.map(shape));
  const line = h("span", { class: "line" }, shape(label), h("span", { class: "word" }, word(label)), also);
  return h(
    "button",
    {
      type: "button",
      class: "sayso-label",
      tabindex: -1,
      "data-label": label,
      "data-uncertain": !paragraph.certain,
    },
    h("span", { class: "face" }, line, " ", who && h("span", { class: "who", dir: "auto" }, who)),
  );
}

/** The speaker of most of the paragraph's words. */
function mainSpeaker({ sentences }: ParagraphAnswer): string {
  const words = new Map<string, number>();
  for (const { speaker, start, end } of sentences)
    if (speaker) words.set(speaker.text, (words.get(speaker.text) ?? 0) + end - start);
  return [...words].sort(([, a], [, b]) => b - a)[0]?.[0] ?? "";
}

/** Whether the text stands on a dark ground, whatever the browser's own scheme is. */
function isDark(element: Element, probe: HTMLElement): boolean {
  for (let at: Element | null = element; at; at = at.parentElement) {
    // A page may give it as oklch() or in another way; on the probe it becomes shares of red, green and blue.
    probe.style.color = `color(from ${getComputedStyle(at).backgroundColor} srgb r g b / alpha)`;
    const [r = 0, g = 0, b = 0, alpha = 1] =
      getComputedStyle(probe)
        .color.match(/(?<= )[-\de.]+/g)
        ?.map(Number) ?? [];
    if (alpha > 0.5) return 0.2126 * r + 0.7152 * g + 0.0722 * b < 0.5;
  }
  return (
    getComputedStyle(document.documentElement).colorScheme.includes("dark") &&
    matchMedia("(prefers-color-scheme: dark)").matches
  );
}
