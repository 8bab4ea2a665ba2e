import type { ParagraphAnswer } from "../common/answer";
import { type Paragraph, rangeOf } from "./find";

/** Mark a paragraph's labelled sentences, their cues and speakers in the text itself, without a change to the page. */
export function mark(paragraphs: Paragraph[], index: number, answer: ParagraphAnswer): void {
  const here = (start: number, end: number, at = index) => {
    const paragraph = paragraphs[at]; // none for a speaker who was introduced in an earlier part
    return (paragraph && rangeOf(paragraph, start, end)) ?? [];
  };
  const told = answer.sentences.filter(({ source, forecast }) => (source && source !== "none") || forecast);
  set(
    "sayso-sentence",
    told.flatMap(({ start, end }) => here(start, end)),
  );
  set(
    "sayso-cue",
    told.flatMap(({ cues }) => cues.flatMap(({ start, end }) => here(start, end))),
  );
  set(
    "sayso-speaker",
    told.flatMap(({ speaker }) => (speaker ? here(speaker.start, speaker.end, speaker.paragraph) : [])),
  );
}

export function unmark(): void {
  for (const name of ["sayso-sentence", "sayso-cue", "sayso-speaker"]) CSS.highlights.delete(name);
}

/** Styled by public/highlight.css, which the browser adds for us outside the page's DOM. */
function set(name: string, ranges: Range[]): void {
  CSS.highlights.set(name, new Highlight(...ranges));
}
