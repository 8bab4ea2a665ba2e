import type { ParagraphAnswer } from "../common/answer";
import { h, onPress } from "../common/dom";
import { isShipped, type Label, shape } from "../common/labels";
import type { Correction } from "../common/messages";
import { readSettings } from "../common/settings";
import { number, percent, t, word, words } from "../common/text";
import { ask, send } from "./ask";
import { unmark } from "./marks";
import type { Group } from "./overlay";

/** The small card of one label: why, whose words, how sure, and “not right?”. */
export class Card {
  readonly element = h("div", { class: "card", role: "dialog", hidden: true, tabindex: -1 });
  pinned = false;
  /** The focus is on its way back to the label, which must not open the card again. */
  returning = false;
  /** The one whose card is open. */
  label: HTMLElement | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly go: (index: number) => void) {
    new ResizeObserver(() => this.label && this.beside(this.label)).observe(this.element);
    this.element.addEventListener("pointerenter", () => clearTimeout(this.timer));
    this.element.addEventListener("pointerleave", () => this.leave());
    this.element.addEventListener("focusin", () => {
      this.pinned = true;
    });
  }

  open(label: HTMLElement, group: Group, index: number, pinned: boolean): void {
    clearTimeout(this.timer);
    this.end?.abort();
    this.end = new AbortController();
    const { signal } = this.end;
    window.addEventListener("keydown", (event) => event.key === "Escape" && this.dismiss(), { signal, capture: true });
    window.addEventListener("pointerdown", (event) => this.isOutside(event) && this.close(), { signal, capture: true });
    this.label?.removeAttribute("aria-expanded");
    this.label = label;
    this.pinned = pinned;
    label.setAttribute("aria-expanded", "true");
    this.element.setAttribute("aria-label", label.getAttribute("aria-label")!);
    this.element.replaceChildren(...this.content(group, index).filter((part) => part !== false));
    this.element.hidden = false;
    this.beside(label);
    if (pinned) this.element.focus({ preventScroll: true });
  }

  /** The pointer left: go in a moment, unless it comes back or the reader pinned the card. */
  leave(): void {
    clearTimeout(this.timer);
    if (!this.pinned) this.timer = setTimeout(() => this.close(), 250);
  }

  close(): void {
    clearTimeout(this.timer);
    this.end?.abort();
    this.element.hidden = true;
    this.pinned = false;
    this.label?.removeAttribute("aria-expanded");
    this.label = null;
    unmark();
  }

  /** The label whose card was just sent away: with the card gone a pointer at rest enters it, and means nothing by that. */
  dismissed: HTMLElement | null = null;

  private end: AbortController | null = null;

  private dismiss(): void {
    const label = this.label;
    const back = this.element.matches(":focus-within");
    this.close();
    this.dismissed = label;
    window.addEventListener("pointermove", () => (this.dismissed = null), { once: true, capture: true });
    this.returning = true;
    if (back) label?.focus({ preventScroll: true });
    this.returning = false;
  }

  private isOutside(event: Event): boolean {
    const path = event.composedPath();
    return !path.includes(this.element) && !path.includes(this.label!);
  }

  /** Under the label, or over it where the window ends. */
  private beside(label: HTMLElement): void {
    const face = label.querySelector(".face")!.getBoundingClientRect();
    const margin = label.dataset.side === "left" ? face.right - 8 : 0;
    this.element.style.maxWidth = margin >= NARROWEST ? `${margin}px` : ""; // rather narrow than over the text
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const below = face.bottom + 6;
    const y = below + height > innerHeight && face.top - height > 6 ? face.top - height - 6 : below;
    const outward = label.dataset.side === "left" ? face.right - width : face.left; // away from the text
    const x = Math.max(8, Math.min(outward, document.documentElement.clientWidth - width - 8));
    this.element.style.translate = `${x}px ${Math.max(8, Math.min(y, innerHeight - height - 8))}px`;
  }

  private content(group: Group, index: number): (HTMLElement | false)[] {
    const answer = group.answer.paragraphs[index]!;
    const label = answer.label!;
    const wrong = h("button", { type: "button" }, t("not_right"));
    const overview = h("button", { type: "button" }, t("menu_overview"));
    const foot = h("div", { class: "foot" }, wrong, !import.meta.env.FIREFOX && overview);
    onPress(wrong, () => {
      const form = this.form(group, index);
      foot.replaceWith(form);
      form.querySelector("input")!.focus(); // which the press had, on a button that is gone
    });
    onPress(overview, () => send({ type: "open", surface: "panel" }));
    return [
      h("h2", {}, shape(label), word(label)),
      answer.also.length > 0 && h("small", {}, t("also", words(answer.also))),
      isShipped(label) && h("p", { class: "meaning" }, t(`${label}_means`)),
      h(
        "dl",
        {},
        h("dt", {}, t("why")),
        h("dd", {}, why(answer, label)),
        h("dt", {}, t("whose_words")),
        h("dd", {}, ...this.speakers(group, answer)),
        h("dt", {}, t("how_sure")),
        h("dd", {}, t(answer.certain ? "sure" : "unsure", percent(answer.confidence))),
        h("dt", {}, t("who_decided")),
        h("dd", {}, t("a_program", group.answer.model.name, group.answer.model.version)),
      ),
      foot,
    ];
  }

  private speakers(group: Group, answer: ParagraphAnswer): (string | HTMLElement)[] {
    const seen = new Map<string, { unnamed: boolean; paragraph: number }>();
    for (const { speaker, source } of answer.sentences)
      if (speaker) seen.set(speaker.text, { unnamed: source === "unnamed", paragraph: speaker.paragraph });
    if (!seen.size)
      return [
        t(
          answer.sentences.some(({ source }) => source && source !== "none" && source !== "named")
            ? "nobody_named"
            : "the_outlet",
        ),
      ];
    return [...seen].map(([text, { unnamed, paragraph }]) => {
      const button = h("button", { type: "button", class: "speaker", dir: "auto" }, text);
      onPress(button, () => this.go(group.first + paragraph));
      return h("span", { class: "whose" }, button, unnamed ? ` ${t("unnamed_source")}` : "");
    });
  }

  /** What will be sent is shown whole before it is. */
  private form(group: Group, index: number): HTMLElement {
    // Not crypto.randomUUID(): pages that came by http do not have it.
    const key = [...crypto.getRandomValues(new Uint8Array(16))]
      .map((byte) => byte.toString(16).padStart(2, "0"))
      .join("");
    const { model, paragraphs } = group.answer;
    const { label: shown, shares } = paragraphs[index]!;
    const correction: Correction = { shown: shown!, given: null, model, consent: false, text: null };
    const preview = h("pre", { tabindex: 0 });
    const address = h("p", {});
    const sendIt = h("button", { type: "button", class: "send", disabled: true }, t("send"));
    const cancel = h("button", { type: "button" }, t("cancel"));
    const outcome = h("p", { role: "status" });
    const change = (changed: Partial<Correction>) => {
      Object.assign(correction, changed);
      preview.textContent = JSON.stringify(correction, null, 1);
    };
    const choice = (given: Label | null) => {
      const radio = h("input", { type: "radio", name: "given" });
      const choose = () => {
        change({ given });
        sendIt.disabled = false;
      };
      onPress(radio, choose);
      return h(
        "label",
        { "data-label": given ?? undefined },
        radio,
        given && shape(given),
        given ? word(given) : t("no_statement"),
      );
    };
    const withText = h("input", { type: "checkbox" });
    const text = () => (withText.checked ? group.paragraphs[index]!.text : null);
    onPress(withText, () => change({ consent: withText.checked, text: text() }));
    const form = h(
      "div", // a page's script can submit a form
      { class: "correct" },
      h(
        "fieldset",
        {},
        h("legend", {}, t("what_instead")),
        ...[...Object.keys(shares).filter((label) => label !== shown), null].map(choice),
      ),
      h("label", {}, withText, t("with_text")),
      h("details", { open: true }, h("summary", {}, t("what_is_sent")), preview),
      address,
      h("div", { class: "foot" }, sendIt, cancel),
      outcome,
    );
    change({});
    void readSettings().then(({ server }) => address.append(t("sent_to", server)));
    onPress(cancel, () => this.dismiss());
    onPress(sendIt, async () => {
      sendIt.disabled = true;
      const result = await ask<null>({ type: "correct", correction, key });
      if ("value" in result) {
        form.replaceChildren(h("p", { role: "status" }, t("thanks")));
        if (form.isConnected) this.element.focus({ preventScroll: true }); // Escape still leads back to the label
      } else {
        outcome.textContent = t(`trouble_${result.failure.trouble}`, result.failure.server, result.failure.detail);
        sendIt.disabled = false;
      }
    });
    return form;
  }
}

const NARROWEST = 240;

/** The figures that decided by the rule of the labels. */
function why({ shares, sentences }: ParagraphAnswer, label: Label): string {
  const { attributed_claim: named, anonymous_claim: unnamed, forecast = 0 } = shares;
  let sourced = t("no_sources_because");
  if (named && unnamed) sourced = t("sources_because", percent(named), percent(unnamed));
  else if (named) sourced = t("named_because", percent(named));
  else if (unnamed) sourced = t("unnamed_because", percent(unnamed));
  const marked = sentences.filter(({ source, forecast }) => forecast || (source && source !== "none")).length;
  if (!Object.keys(shares).every(isShipped)) sourced = t("label_because", percent(shares[label]!)); // by another label set
  const because = label === "forecast" ? t("forecast_because", percent(forecast)) : sourced;
  return marked ? `${because} ${t("in_sentences", number(marked), number(sentences.length))}` : because;
}
