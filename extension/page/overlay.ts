import type { Answer, ParagraphAnswer } from "../common/answer";
import { type Label, shape } from "../common/labels";
import type { State } from "../common/messages";
import type { Settings } from "../common/settings";
import { type Paragraph, rangeAround } from "./find";
import css from "./overlay.css?inline";
import { Placement } from "./placement";

/** The one element that we add to a page. Everything shown lives in its shadow root; see docs/extension.md for its contract. */
export class Overlay {
  readonly host = document.createElement("sayso-overlay");
  private readonly root = this.host.attachShadow({ mode: "open" });
  private readonly notice = element("p", "notice");
  private placement: Placement | null = null;

  constructor() {
    const style = document.createElement("style");
    style.textContent = css;
    this.notice.setAttribute("role", "status");
    this.root.append(style, this.notice);
    document.documentElement.append(this.host);
  }

  setState(state: State): void {
    this.host.dataset.saysoState = state;
  }

  say(message: string): void {
    this.notice.textContent = message;
  }

  show(paragraphs: Paragraph[], answer: Answer, settings: Settings): void {
    this.host.dataset.density = settings.density;
    this.placement = new Placement(this.host);
    answer.paragraphs.forEach((paragraph, index) => {
      if (!paragraph.label) return;
      const label = labelElement(paragraph, paragraph.label, index);
      this.root.append(label);
      this.placement!.add(label, paragraphs[index]!.element, rangeAround(paragraphs[index]!.pieces));
    });
  }

  remove(): void {
    this.placement?.stop();
    this.host.remove();
  }
}

function labelElement(paragraph: ParagraphAnswer, label: Label, index: number): HTMLButtonElement {
  const button = element("button", "sayso-label") as HTMLButtonElement;
  button.type = "button";
  button.dataset.label = label;
  button.dataset.index = String(index);
  button.toggleAttribute("data-uncertain", !paragraph.certain);
  const face = element("span", "face");
  face.append(shape(label), element("span", "word", browser.i18n.getMessage(label)));
  const speaker = paragraph.sentences.find((sentence) => sentence.speaker)?.speaker;
  if (speaker) face.append(element("span", "who", speaker.text));
  button.append(face);
  return button;
}

function element(name: string, className: string, text = ""): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}
