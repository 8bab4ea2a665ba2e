import { labelsOf, type Report } from "../../common/messages";
import { word } from "../../common/text";

/** The labelled article as plain text: each paragraph under its label. */
export const asText = ({ articles }: Report): string =>
  rows(articles)
    .map(({ text, label }) => (label ? `[${word(label)}] ${text}` : text))
    .join("\n\n");

/** Everything that the server answered, with the paragraphs it answered about. */
export const asJson = ({ articles }: Report): string =>
  JSON.stringify(
    articles.map(({ paragraphs, answer }) => ({
      ...answer,
      paragraphs: answer.paragraphs.map((paragraph, i) => ({ text: paragraphs[i], ...paragraph })),
    })),
    null,
    2,
  );

/** A row for each paragraph (RFC 4180). */
export const asCsv = ({ articles }: Report): string =>
  [
    ["index", "label", "also", "confidence", "certain", ...labelsOf(articles), "speakers", "text"],
    ...rows(articles).map(({ index, text, label, also, confidence, certain, shares, sentences }) => [
      index,
      label ?? "",
      also.join(" "),
      confidence,
      certain,
      ...labelsOf(articles).map((name) => shares[name] ?? ""),
      [...new Set(sentences.flatMap(({ speaker }) => speaker?.text ?? []))].join("; "),
      text,
    ]),
  ]
    .map((row) => `${row.map(cell).join(",")}\r\n`)
    .join("");

const rows = (articles: Report["articles"]) =>
  articles.flatMap(({ first, paragraphs, answer }) =>
    answer.paragraphs.map((paragraph, i) => ({ ...paragraph, index: first + i, text: paragraphs[i]! })),
  );

/** Spreadsheets run what begins like a formula, and a page could have put one there. */
function cell(value: string | number | boolean): string {
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
