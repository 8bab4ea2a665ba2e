import { expect, test } from "vitest";
import { readAnswer, withoutFirst } from "../common/answer";
import { sample, TEXT } from "./sample";

test("an answer as the API promises it is taken as it is", () => {
  expect(readAnswer(sample(), 2)).toEqual(sample());
});

test("fields that a later server adds do no harm", () => {
  expect(readAnswer({ ...sample(), added: 1 }, 2)).toMatchObject(sample());
});

/** The sample as the model of a newsroom answers that tells documents from persons. */
const ofAnotherSet = () =>
  JSON.parse(
    JSON.stringify(sample()).replaceAll('"attributed_claim"', '"documented_claim"').replaceAll('"named"', '"document"'),
  ) as ReturnType<typeof sample>;

test("labels and sources of another label set are taken, and counted anew", () => {
  const answer = ofAnotherSet();
  expect(readAnswer(answer, 2)).toEqual(ofAnotherSet());
  expect(withoutFirst(1, answer, TEXT).summary).toEqual({
    words: 5,
    shares: { reported_fact: 0, documented_claim: 1, anonymous_claim: 0, forecast: 1 },
    sources: [{ name: "Ada", kind: "document", words: 5, paragraphs: [0] }],
  });
});

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what is wrong has no type
type Wrong = any;

/** Each change makes one part wrong; the error names that part. */
const CHANGES: [string, (answer: Wrong) => void][] = [
  ["model", (answer) => delete answer.model],
  ["model", (answer) => (answer.model.version = 1)],
  ["language", (answer) => (answer.language = null)],
  ["paragraphs", (answer) => answer.paragraphs.pop()],
  ["paragraphs", (answer) => (answer.paragraphs = {})],
  ["paragraphs/1/label", (answer) => (answer.paragraphs[1].label = "truth")],
  ["paragraphs/1/confidence", (answer) => (answer.paragraphs[1].confidence = 7)],
  ["paragraphs/0/also", (answer) => (answer.paragraphs[0].also = ["lie"])],
  ["paragraphs/0/shares", (answer) => (answer.paragraphs[0].shares = {})],
  ["paragraphs/0/sentences", (answer) => (answer.paragraphs[0].sentences = null)],
  ["paragraphs/0/sentences", (answer) => (answer.paragraphs[0].sentences[0].end = -1)],
  ["paragraphs/1/sentences", (answer) => (answer.paragraphs[1].sentences[0].speaker.paragraph = 2)],
  ["paragraphs/1/sentences", (answer) => (answer.paragraphs[1].sentences[0].speaker.text = {})],
  ["paragraphs/1/sentences", (answer) => (answer.paragraphs[1].sentences[0].cues = [null])],
  ["summary", (answer) => (answer.summary.words = 1.5)],
  ["summary", (answer) => (answer.summary.shares.forecast = "much")],
  ["summary/sources", (answer) => (answer.summary.sources[0].paragraphs = [9])],
];

test.each(CHANGES)("an answer with a wrong %s is refused, whichever way it is wrong", (where, change) => {
  const answer = sample();
  change(answer);
  expect(() => readAnswer(answer, 2)).toThrow(new TypeError(where));
});

test.each([null, "done", 3, []])("%j is no answer", (value) => {
  expect(() => readAnswer(value, 0)).toThrow(TypeError);
});

test("paragraphs that were read along for the memory are dropped, and nothing is counted twice", () => {
  const { paragraphs, summary } = withoutFirst(1, sample(), TEXT);
  expect(paragraphs).toHaveLength(1);
  expect(paragraphs[0]!.sentences[0]!.speaker).toEqual({ text: "Ada", start: 16, end: 19, paragraph: 0 });
  expect(summary).toEqual({
    words: 5,
    shares: { reported_fact: 0, attributed_claim: 1, anonymous_claim: 0, forecast: 1 },
    sources: [{ name: "Ada", kind: "named", words: 5, paragraphs: [0] }],
  });
  const introduced = sample();
  introduced.paragraphs[1]!.sentences[0]!.speaker!.paragraph = 0;
  expect(withoutFirst(1, introduced, TEXT).paragraphs[0]!.sentences[0]!.speaker!.paragraph).toBe(-1);
});
