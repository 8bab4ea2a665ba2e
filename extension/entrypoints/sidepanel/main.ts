import type { Source } from "../../common/answer";
import { h } from "../../common/dom";
import { type Label, shape } from "../../common/labels";
import { labelsOf, PANEL, type Report, type ToPage } from "../../common/messages";
import { kindOf, number, percent, t, translate, word } from "../../common/text";
import { asCsv, asJson, asText } from "./export";

const panel = document.getElementById("panel")!;
const status = document.getElementById("status")!;
let tabId = -1;
let port: Browser.runtime.Port | null = null;
let only: Label | null = null;
let shown = "";

translate(document);
browser.tabs.onActivated.addListener(follow);
browser.tabs.onUpdated.addListener((id, { status }) => id === tabId && status === "complete" && follow());
browser.runtime.onMessage.addListener((_, { tab }) => {
  if (tab?.id === tabId && !port) void follow();
});
void follow();

/** Listen to the page in the tab that the reader is looking at. */
async function follow(): Promise<void> {
  const [tab] = await browser.tabs.query({ active: true, currentWindow: true });
  port?.disconnect();
  tabId = tab?.id ?? -1;
  const connected = browser.tabs.connect(tabId, { name: PANEL });
  port = connected;
  show({ state: "off", notice: "", articles: [] });
  connected.onMessage.addListener((report: Report) => show(report));
  connected.onDisconnect.addListener(() => {
    void browser.runtime.lastError; // nobody listens: Sayso has not been used on that page
    if (port === connected) port = null;
  });
}

function show(report: Report): void {
  const told = JSON.stringify(report);
  if (told === shown) return; // the reader may be about to press something here
  shown = told;
  const { articles, state, notice } = report;
  panel.setAttribute("aria-busy", String(state === "working"));
  if (!articles.length) {
    const hint = notice || t(state === "working" ? "panel_working" : "panel_empty");
    panel.replaceChildren(h("h1", {}, t("menu_overview")), h("p", { class: "hint" }, hint));
    return;
  }
  panel.replaceChildren(
    h("h1", {}, t("menu_overview")),
    h("p", { class: "question" }, t("question")),
    ...shares(report),
    ...sources(report),
    ...paragraphs(report),
    h(
      "p",
      { class: "row" },
      press(t("copy"), () => navigator.clipboard.writeText(asText(report)).then(() => say(t("copied")))),
      press(t("save_json"), () => save(asJson(report), "application/json", "sayso.json")),
      press(t("save_csv"), () => save(asCsv(report), "text/csv", "sayso.csv")),
    ),
  );
}

function shares({ articles }: Report): HTMLElement[] {
  const words = articles.reduce((sum, { answer }) => sum + answer.summary.words, 0) || 1;
  const share = (label: Label) =>
    articles.reduce((sum, { answer }) => sum + (answer.summary.shares[label] ?? 0) * answer.summary.words, 0) / words;
  const part = (label: Label) => {
    const segment = h("span", { "data-label": label });
    segment.style.width = `${share(label) * 100}%`;
    return segment;
  };
  const labels = labelsOf(articles);
  const voices = labels.filter((label) => label !== "forecast");
  return [
    h("h2", {}, t("shares")),
    h("div", { class: "bar", "aria-hidden": "true" }, ...voices.filter(share).map(part)),
    h(
      "ul",
      { class: "shares" },
      ...labels.map((label) =>
        h(
          "li",
          { "data-label": label },
          h(
            "span",
            { class: "label" },
            shape(label),
            word(label),
            label === "forecast" && h("small", {}, t("forecast_overlaps")),
          ),
          h("span", {}, percent(share(label))),
        ),
      ),
    ),
  ];
}

function sources({ articles }: Report): HTMLElement[] {
  const row = (first: number, { name, kind, words, paragraphs }: Source) =>
    h(
      "li",
      {},
      h("span", {}, go(first + (paragraphs[0] ?? 0), h("bdi", {}, name)), h("small", {}, ` ${kindOf(kind)}`)),
      h("span", {}, t("source_words", number(words))),
    );
  const known = new Map<string, { source: Source; first: number }>(); // one who speaks in two articles is listed once
  for (const { first, answer } of articles)
    for (const source of answer.summary.sources) {
      const words = (known.get(source.name)?.source.words ?? 0) + source.words;
      const { source: earliest, first: where } = known.get(source.name) ?? { source, first };
      known.set(source.name, { source: { ...earliest, words }, first: where });
    }
  const rows = [...known.values()]
    .sort((a, b) => b.source.words - a.source.words)
    .map(({ source, first }) => row(first, source));
  return [
    h("h2", {}, t("sources")),
    rows.length ? h("ul", { class: "sources" }, ...rows) : h("p", {}, t("no_sources")),
  ];
}

function paragraphs(report: Report): HTMLElement[] {
  const labels = labelsOf(report.articles);
  if (only && !labels.includes(only)) only = null; // chosen where another model labelled
  const choice = (label: Label | null) => {
    const radio = h("input", { type: "radio", name: "only", checked: label === only });
    radio.addEventListener("change", () => {
      only = label;
      list.replaceChildren(...items());
    });
    return h(
      "label",
      { "data-label": label ?? undefined },
      radio,
      label ? shape(label) : "",
      label ? word(label) : t("all_labels"),
    );
  };
  const items = () =>
    report.articles.flatMap(({ first, paragraphs, answer }) =>
      answer.paragraphs.flatMap(({ label, certain }, i) => {
        if (!label || (only && label !== only)) return [];
        const name = h(
          "span",
          { class: certain ? "label" : "label uncertain" },
          shape(label),
          certain ? word(label) : `${word(label)}?`,
        );
        return h(
          "li",
          { "data-label": label },
          go(first + i, name, h("span", { class: "text", dir: "auto" }, paragraphs[i])),
        );
      }),
    );
  const list = h("ol", { class: "paragraphs" }, ...items());
  return [
    h("h2", {}, t("paragraphs")),
    h("fieldset", { class: "filter", "aria-label": t("show") }, ...[null, ...labels].map(choice)),
    list,
  ];
}

/** A press that takes the page, and the reader, to a paragraph. */
function go(index: number, ...content: HTMLElement[]): HTMLButtonElement {
  const message: ToPage = { type: "go", index };
  const button = press("", () => browser.tabs.sendMessage(tabId, message));
  button.className = "link";
  button.append(...content);
  return button;
}

function press(text: string, act: () => void): HTMLButtonElement {
  const button = h("button", { type: "button" }, text);
  button.addEventListener("click", act);
  return button;
}

function save(content: string, type: string, name: string): void {
  const link = h("a", { href: URL.createObjectURL(new Blob([content], { type })), download: name });
  link.click();
  URL.revokeObjectURL(link.href);
}

function say(text: string): void {
  status.textContent = text;
}
