import { LABELS, type Label } from "./labels";

/** The server's answer to `POST /v1/label`. Offsets are UTF-16 units, half open, within the paragraph that was sent. */
export interface Answer {
  model: { name: string; version: string };
  language: string;
  paragraphs: ParagraphAnswer[];
  summary: { words: number; shares: Record<Label, number>; sources: Source[] };
}

export interface ParagraphAnswer {
  label: Label | null;
  confidence: number;
  certain: boolean;
  also: Label[];
  shares: Record<Label, number>;
  sentences: Sentence[];
}

export interface Sentence {
  start: number;
  end: number;
  source: "none" | "named" | "unnamed" | null;
  forecast: boolean;
  confidence: number;
  speaker: { text: string; start: number; end: number; paragraph: number } | null;
  cues: { start: number; end: number; kind: string }[];
}

export interface Source {
  name: string;
  kind: "named" | "unnamed";
  words: number;
  paragraphs: number[];
}

/** The answer for `count` paragraphs, or a TypeError that says which part is not as version 1 of the API has it.
 *
 * Everything that is shown or used as an offset is checked: the server may be another program, or another version. */
export function readAnswer(value: unknown, count: number): Answer {
  const answer = value as Answer;
  const demand = (holds: boolean, where: string) => {
    if (!holds) throw new TypeError(where);
  };
  demand(isRecord(answer), "answer");
  demand(isRecord(answer.model) && isText(answer.model.name) && isText(answer.model.version), "model");
  demand(isText(answer.language), "language");
  demand(Array.isArray(answer.paragraphs) && answer.paragraphs.length === count, "paragraphs");
  answer.paragraphs.forEach((paragraph, index) => {
    const where = `paragraphs/${index}`;
    demand(isRecord(paragraph), where);
    demand(paragraph.label === null || LABELS.includes(paragraph.label), `${where}/label`);
    demand(isShare(paragraph.confidence) && typeof paragraph.certain === "boolean", `${where}/confidence`);
    demand(Array.isArray(paragraph.also) && paragraph.also.every((label) => LABELS.includes(label)), `${where}/also`);
    demand(hasShares(paragraph.shares), `${where}/shares`);
    demand(
      Array.isArray(paragraph.sentences) && paragraph.sentences.every((s) => isSentence(s, count)),
      `${where}/sentences`,
    );
  });
  demand(isRecord(answer.summary) && isCount(answer.summary.words) && hasShares(answer.summary.shares), "summary");
  demand(
    Array.isArray(answer.summary.sources) && answer.summary.sources.every((s) => isSource(s, count)),
    "summary/sources",
  );
  return answer;
}

/** The answer less its first `count` paragraphs, which were sent for the article's memory alone; `texts` are all that were sent.
 *
 * The index of a speaker's paragraph is negative if it is one of those. The summary is counted anew, by words between blanks. */
export function withoutFirst(count: number, answer: Answer, texts: string[]): Answer {
  if (!count) return answer;
  const paragraphs = answer.paragraphs.slice(count).map((paragraph) => ({
    ...paragraph,
    sentences: paragraph.sentences.map((sentence) => ({
      ...sentence,
      speaker: sentence.speaker && { ...sentence.speaker, paragraph: sentence.speaker.paragraph - count },
    })),
  }));
  return { ...answer, paragraphs, summary: summaryOf(paragraphs, texts.slice(count)) };
}

function summaryOf(paragraphs: ParagraphAnswer[], texts: string[]): Answer["summary"] {
  const counts = { reported_fact: 0, attributed_claim: 0, anonymous_claim: 0, forecast: 0 };
  const sources = new Map<string, Source>();
  let all = 0;
  for (const [index, { sentences }] of paragraphs.entries())
    for (const { start, end, source, forecast, speaker } of sentences) {
      if (source === null) continue;
      const words = texts[index]!.slice(start, end).match(/\S+/g)?.length ?? 0;
      all += words;
      counts[VOICES[source]] += words;
      if (forecast) counts.forecast += words;
      if (!speaker || source === "none") continue;
      const known = sources.get(speaker.text) ?? { name: speaker.text, kind: source, words: 0, paragraphs: [] };
      known.words += words;
      if (known.paragraphs.at(-1) !== index) known.paragraphs.push(index);
      sources.set(speaker.text, known);
    }
  const shares = { ...counts };
  for (const label of LABELS) shares[label] /= all || 1;
  return { words: all, shares, sources: [...sources.values()].sort((a, b) => b.words - a.words) };
}

const VOICES = { none: "reported_fact", named: "attributed_claim", unnamed: "anonymous_claim" } as const;

const isRecord = (value: unknown) => typeof value === "object" && value !== null;
const isText = (value: unknown) => typeof value === "string";
const isShare = (value: unknown) => typeof value === "number" && value >= 0 && value <= 1;
const isCount = (value: unknown) => Number.isInteger(value) && (value as number) >= 0;
const isSpan = (span: { start: number; end: number }) =>
  isCount(span.start) && isCount(span.end) && span.start <= span.end;
const hasShares = (shares: Record<Label, number>) =>
  isRecord(shares) && LABELS.every((label) => isShare(shares[label]));

const isSentence = (sentence: Sentence, count: number) =>
  isRecord(sentence) &&
  isSpan(sentence) &&
  ["none", "named", "unnamed", null].includes(sentence.source) &&
  typeof sentence.forecast === "boolean" &&
  isShare(sentence.confidence) &&
  (sentence.speaker === null ||
    (isRecord(sentence.speaker) &&
      isSpan(sentence.speaker) &&
      isText(sentence.speaker.text) &&
      isCount(sentence.speaker.paragraph) &&
      sentence.speaker.paragraph < count)) &&
  Array.isArray(sentence.cues) &&
  sentence.cues.every((cue) => isRecord(cue) && isSpan(cue));

const isSource = (source: Source, count: number) =>
  isRecord(source) &&
  isText(source.name) &&
  ["named", "unnamed"].includes(source.kind) &&
  isCount(source.words) &&
  Array.isArray(source.paragraphs) &&
  source.paragraphs.every((index) => isCount(index) && index < count);
