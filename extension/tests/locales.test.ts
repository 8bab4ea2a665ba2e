import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const folder = (path: string) => readdirSync(path, { recursive: true, withFileTypes: true });
const messages = (language: string): Record<string, { message: string }> =>
  JSON.parse(readFileSync(`public/_locales/${language}/messages.json`, "utf8"));
const languages = readdirSync("public/_locales");
const english = messages("en");

const sources = ["background", "common", "entrypoints", "page"]
  .flatMap(folder)
  .filter((entry) => entry.isFile())
  .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, "utf8"))
  .concat(readFileSync("wxt.config.ts", "utf8"))
  .join("\n");

test.each(languages)("%s has every text, with the same values in it", (language) => {
  const theirs = messages(language);
  expect(Object.keys(theirs)).toEqual(Object.keys(english));
  for (const [key, { message }] of Object.entries(english))
    expect([key, theirs[key]!.message.match(/\$\d/g)?.sort()]).toEqual([key, message.match(/\$\d/g)?.sort()]);
});

test("no text is left over", () => {
  const made = /^(trouble|density|palette|menu|open)_|_means$/; // keys put together at run time
  const unused = Object.keys(english).filter(
    (key) => !made.test(key) && !new RegExp(`(\\b|__MSG_)${key}(\\b|__)`).test(sources),
  );
  expect(unused).toEqual([]);
});

test("every text that a page asks for is there", () => {
  const asked = [...sources.matchAll(/data-t(?:-[a-z-]+)?="(\w+)"|__MSG_(\w+)__/g)].map(([, a, b]) => a ?? b!);
  expect(asked.length).toBeGreaterThan(30);
  expect(asked.filter((key) => !(key in english))).toEqual([]);
});
