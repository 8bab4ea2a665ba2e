import type { Label, Shares } from "./labels";

/** The server's answer to `POST /v1/label`. Offsets are UTF-16 units, half open, within the paragraph that was sent. */
export interface Answer {
  model: { name: string; version: string };
  language: string;
  paragraphs: ParagraphAnswer[];
  summary: { words: number; shares: Shares; sources: Source[] };
}

export interface ParagraphAnswer {
  label: Label | null;
  confidence: number;
  certain: boolean;
  also: Label[];
  shares: Shares;
  sentences: Sentence[];
}

export interface Sentence {
  start: number;
  end: number;
  /** "none" is the outlet itself, null no statement; others make claims. */
  source: string | null;
  forecast: boolean;
  confidence: number;
  speaker: { text: string; start: number; end: number; paragraph: number } | null;
  cues: { start: number; end: number; kind: string }[];
}

export interface Source {
  name: string;
  kind: string;
  words: number;
  paragraphs: number[];
}

/** The answer for `count` paragraphs, or a TypeError that says which part is not as version 1 of the API has it.
 *
 * Everything that is shown or used as an offset is checked: the server may be another program, or another version. Which
 * labels there are, the shares of the summary tell. */
export function readAnswer(value: unknown, count: number): Answer {
  const answer = value as Answer;
  const demand = (holds: boolean, where: string) => {
    if (!holds) throw new TypeError(where);
  };
  demand(isRecord(answer), "answer");
  demand(isRecord(answer.model) && isText(answer.model.name) && isText(answer.model.version), "model");
  demand(isText(answer.language), "language");
  demand(isRecord(answer.summary) && isCount(answer.summary.words) && isRecord(answer.summary.shares), "summary");
  const labels = Object.keys(answer.summary.shares);
  const isLabel = (label: unknown) => labels.includes(label as Label);
  const hasShares = (shares: Shares) => isRecord(shares) && labels.every((label) => isShare(shares[label]));
  demand(Array.isArray(answer.paragraphs) && answer.paragraphs.length === count, "paragraphs");
  answer.paragraphs.forEach((paragraph, index) => {
    const where = `paragraphs/${index}`;
    demand(isRecord(paragraph), where);
    demand(paragraph.label === null || isLabel(paragraph.label), `${where}/label`);
    demand(isShare(paragraph.confidence) && typeof paragraph.certain === "boolean", `${where}/confidence`);
    demand(Array.isArray(paragraph.also) && paragraph.also.every(isLabel), `${where}/also`);
    demand(hasShares(paragraph.shares), `${where}/shares`);
    demand(
      Array.isArray(paragraph.sentences) && paragraph.sentences.every((s) => isSentence(s, count)),
      `${where}/sentences`,
    );
  });
  demand(hasShares(answer.summary.shares), "summary");
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
  const labels = Object.keys(answer.summary.shares);
  return { ...answer, paragraphs, summary: summaryOf(paragraphs, texts.slice(count), labels) };
}

function summaryOf(paragraphs: ParagraphAnswer[], texts: string[], labels: Label[]): Answer["summary"] {
  const counts: Shares = {};
  const sources = new Map<string, Source>();
  let all = 0;
  for (const [index, { sentences, shares }] of paragraphs.entries()) {
    let told = 0;
    for (const { start, end, source, speaker } of sentences) {
      if (source === null) continue;
      const words = texts[index]!.slice(start, end).match(/\S+/g)?.length ?? 0;
      told += words;
      if (!speaker || source === "none") continue;
      const known = sources.get(speaker.text) ?? { name: speaker.text, kind: source, words: 0, paragraphs: [] };
      known.words += words;
      if (known.paragraphs.at(-1) !== index) known.paragraphs.push(index);
      sources.set(speaker.text, known);
    }
    all += told;
    for (const label of labels) counts[label] = (counts[label] ?? 0) + told * shares[label]!;
  }
  const shares = Object.fromEntries(labels.map((label) => [label, (counts[label] ?? 0) / (all || 1)]));
  return { words: all, shares, sources: [...sources.values()].sort((a, b) => b.words - a.words) };
}

const isRecord = (value: unknown) => typeof value === "object" && value !== null;
const isText = (value: unknown) => typeof value === "string";
const isShare = (value: unknown) => typeof value === "number" && value >= 0 && value <= 1;
const isCount = (value: unknown) => Number.isInteger(value) && (value as number) >= 0;
const isSpan = (span: { start: number; end: number }) =>
  isCount(span.start) && isCount(span.end) && span.start <= span.end;

const isSentence = (sentence: Sentence, count: number) =>
  isRecord(sentence) &&
  isSpan(sentence) &&
  (sentence.source === null || isText(sentence.source)) &&
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
  isText(source.kind) &&
  isCount(source.words) &&
  Array.isArray(source.paragraphs) &&
  source.paragraphs.every((index) => isCount(index) && index < count);
