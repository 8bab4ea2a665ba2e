import { type Answer, withoutFirst } from "../common/answer";
import type { Failure, Report, Result, State } from "../common/messages";
import { onSettings, readSettings } from "../common/settings";
import { t } from "../common/text";
import { ask, send } from "./ask";
import { type Article, findArticles } from "./find";
import { type Group, Overlay } from "./overlay";
import { Rests, Watch } from "./watch";

/** What Sayso does on one page between two presses of its button. */
export class Session {
  private overlay: Overlay | null = null;
  private watch: Watch | null = null;
  private groups: Group[] = [];
  private state: State = "off";
  private busy = false;
  /** Texts in other languages, which are not asked about again. */
  private foreign = new Set<string>();
  private rests = new Rests();
  private address = "";

  /** `changed` is called whenever a panel would show something else. */
  constructor(private readonly changed: () => void) {
    onSettings((settings) => {
      if (settings.paused) this.stop();
      else if (this.overlay) this.overlay.settings = settings;
    });
  }

  toggle(): void {
    if (this.overlay) this.stop();
    else void this.start();
  }

  async start(): Promise<void> {
    if (this.overlay) return;
    for (const orphan of document.querySelectorAll("sayso-overlay")) orphan.remove(); // of a version before an update
    this.overlay = new Overlay();
    this.set("working");
    this.overlay.settings = await readSettings();
    this.watch = new Watch(() => this.look());
    await this.look();
  }

  stop(): void {
    this.watch?.stop();
    this.groups = [];
    this.foreign.clear();
    this.rests = new Rests();
    if (this.overlay) this.overlay.state = "off";
    this.overlay?.remove();
    this.overlay = null;
    this.set("off");
  }

  step(by: 1 | -1): void {
    this.overlay?.step(by);
  }

  go(index: number): void {
    this.overlay?.go(index);
  }

  get report(): Report {
    const articles = this.groups.map(({ first, paragraphs, answer }) => ({
      first,
      paragraphs: paragraphs.map(({ text }) => text),
      answer,
    }));
    return { state: this.state, notice: this.overlay?.message ?? "", articles };
  }

  /** Compare the page with what is labelled: ask for new articles, follow moved ones, drop those that are gone. */
  private async look(): Promise<void> {
    const { overlay, watch } = this;
    if (!overlay || !watch) return;
    if (!isAlive()) {
      this.stop();
      return;
    }
    if (!overlay.host.isConnected) overlay.attach();
    if (this.busy) {
      watch.later();
      return;
    }
    this.busy = true;
    try {
      const found = watch.timed(() => findArticles(document));
      const articles = typeof found === "string" ? [] : found;
      if (this.address !== location.href) this.rests = new Rests();
      this.address = location.href;
      const known = articles.map((article) => this.groups.find((group) => hasSameText(group, article)));
      const waits = articles.map((_, place) => (known[place] ? 0 : this.rests.left(place)));
      for (const [place, article] of articles.entries())
        if (waits[place])
          known[place] = this.groups.find((group) => !known.includes(group) && sharesText(group, article));
      for (const gone of this.groups.filter((group) => !known.includes(group))) overlay.take(gone);
      this.groups = this.groups.filter((group) => known.includes(group));
      const kept = this.groups.length;

      let first = 0;
      const fresh: { article: Article; place: number; first: number }[] = [];
      for (const [place, article] of articles.entries()) {
        const group = known[place];
        if (group) overlay.move(group, article, first);
        else if (!waits[place] && !this.foreign.has(key(article))) fresh.push({ article, place, first });
        first += (group ?? article).paragraphs.length;
      }
      overlay.order();
      for (const { article, place, first } of fresh) if (!(await this.add(article, place, first))) return;
      if (this.overlay !== overlay) return;
      this.set("done");
      // Once, not at each look: the reader may have closed it, and a screen reader would say it again.
      if (typeof found === "string" && overlay.message !== t(found)) overlay.say(t(found));
      else if (this.groups.length > kept) overlay.say(summary(this.groups));
      watch.wake(Math.min(...waits.filter((wait) => wait)));
    } finally {
      this.busy = false;
      this.changed();
    }
  }

  private async add(article: Article, place: number, first: number): Promise<boolean> {
    const { overlay } = this;
    this.rests.begin(place);
    this.set("working");
    const slow = setTimeout(() => overlay?.say(t("still_waiting")), 3000);
    const result = await askForLabels(article);
    clearTimeout(slow);
    if (!overlay || this.overlay !== overlay) return false;
    if ("failure" in result) return this.fail(result.failure, article);
    const group = { ...article, answer: result.value, first };
    this.groups.push(group);
    this.groups.sort((a, b) => a.first - b.first);
    overlay.show(group);
    return true;
  }

  /** Say what keeps the labels from coming, and what to do. Returns whether to go on with the page's other articles. */
  private fail({ trouble, server, detail }: Failure, article: Article): boolean {
    const goOn = trouble === "language";
    const surface = trouble === "consent" ? "welcome" : "options";
    const todo = [
      { text: t("try_again"), act: () => this.again() },
      { text: t(`open_${surface}`), act: () => send({ type: "open", surface }) },
    ];
    this.overlay?.say(t(`trouble_${trouble}`, server, detail), goOn ? [] : todo);
    if (goOn) this.foreign.add(key(article));
    else {
      this.watch?.stop(); // a page that keeps changing must not keep asking
      this.set("error");
    }
    return goOn;
  }

  private again(): void {
    this.stop();
    if (isAlive()) void this.start();
  }

  private set(state: State): void {
    if (state === this.state) return;
    this.state = state;
    if (this.overlay) this.overlay.state = state;
    if (isAlive()) void send({ type: "state", state });
    this.changed();
  }
}

const key = ({ paragraphs }: Article) => paragraphs.map(({ text }) => text).join("\n");

const hasSameText = (group: Group, { paragraphs }: Article) =>
  group.paragraphs.length === paragraphs.length &&
  group.paragraphs.every(({ text }, i) => text === paragraphs[i]!.text);

const sharesText = (group: Group, { paragraphs }: Article) => {
  const texts = new Set(paragraphs.map(({ text }) => text));
  return group.paragraphs.some(({ text }) => texts.has(text));
};

function summary(groups: Group[]): string {
  const labels = groups.flatMap(({ answer }) => answer.paragraphs).filter(({ label }) => label).length;
  return t("labelled_n", labels);
}

/** Not after the extension was updated or removed under an open page. */
const isAlive = () => !!(browser as Partial<typeof browser>).runtime?.id;

async function askForLabels({ before, paragraphs }: Article): Promise<Result<Answer>> {
  const text = paragraphs.map(({ text }) => text);
  const guess = await browser.i18n.detectLanguage(text.join("\n").slice(0, 4000));
  const [most] = guess.languages;
  if (guess.isReliable && most && most.language !== "en")
    return { failure: { trouble: "language", server: "", detail: languageName(most.language) } };
  const all = [...before, ...text].map((text) => text.slice(0, LONGEST).toWellFormed());
  const result = await ask<Answer>({ type: "label", paragraphs: all });
  return "failure" in result ? result : { value: withoutFirst(before.length, result.value, all) };
}

const LONGEST = 20_000; // characters of a paragraph that the server takes, unless told otherwise

const languageName = (code: string) =>
  new Intl.DisplayNames([browser.i18n.getUILanguage()], { type: "language" }).of(code) ?? code;
