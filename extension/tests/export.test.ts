import { expect, test, vi } from "vitest";
import { asCsv, asJson, asText } from "../entrypoints/sidepanel/export";
import { sample, TEXT } from "./sample";

vi.mock("../common/text", () => ({ word: (label: string) => label }));

const report = { state: "done" as const, notice: "", articles: [{ first: 4, paragraphs: TEXT, answer: sample() }] };

test("text has each paragraph under its label", () => {
  expect(asText(report)).toBe(`[reported_fact] ${TEXT[0]}\n\n[forecast] ${TEXT[1]}`);
});

test("JSON holds the whole answer and the text it is about", () => {
  const [article] = JSON.parse(asJson(report));
  expect(article.summary).toEqual(sample().summary);
  expect(article.paragraphs.map(({ text }: { text: string }) => text)).toEqual(TEXT);
});

test("CSV has a row for each paragraph, quotes what needs it, and holds no formula", () => {
  expect(asCsv(report).split("\r\n")).toEqual([
    "index,label,also,confidence,certain,reported_fact,attributed_claim,anonymous_claim,forecast,speakers,text",
    "4,reported_fact,,0.9,true,1,0,0,0,,The ferry sails again.",
    `5,forecast,attributed_claim,0.55,false,0,1,0,1,Ada,"'=It could snow, Ada said."`,
    "",
  ]);
});
