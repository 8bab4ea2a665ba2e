import type { Labelled, State, ToBackground } from "../common/messages";
import { readSettings } from "../common/settings";
import { findParagraphs } from "./find";
import { Overlay } from "./overlay";

/** What Sayso does on one page, from the reader's click to the next. */
export class Session {
  private overlay: Overlay | null = null;

  toggle(): void {
    if (this.overlay) this.stop();
    else this.start();
  }

  private async start(): Promise<void> {
    const overlay = new Overlay();
    this.overlay = overlay;
    this.report("working");
    const settings = await readSettings();
    const paragraphs = findParagraphs(document.body);
    if (!paragraphs.length) {
      this.report("done");
      overlay.say(browser.i18n.getMessage("no_article"));
      return;
    }
    const labelled: Labelled = await send({ type: "label", paragraphs: paragraphs.map(({ text }) => text) });
    if (this.overlay !== overlay) return; // switched off meanwhile
    if ("failure" in labelled) {
      const { trouble, detail, server } = labelled.failure;
      this.report("error");
      overlay.say(browser.i18n.getMessage(`trouble_${trouble}`, [server, detail]));
    } else {
      overlay.show(paragraphs, labelled.answer, settings);
      this.report("done");
    }
  }

  private stop(): void {
    this.report("off");
    this.overlay?.remove();
    this.overlay = null;
  }

  private report(state: State): void {
    this.overlay?.setState(state);
    send({ type: "state", state });
  }
}

const send = (message: ToBackground) => browser.runtime.sendMessage(message);
