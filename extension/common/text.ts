import { isShipped, type Label } from "./labels";

type Key = Parameters<typeof browser.i18n.getMessage>[0];

/** A text of `_locales`, with `$1`, `$2` … replaced. */
export const t = (key: Key, ...values: (string | number)[]) => browser.i18n.getMessage(key, values.map(String));

export const word = (label: Label) =>
  isShipped(label) ? t(label) : inWords(label).replace(/^./, (first) => first.toUpperCase());
/** What kind of source it is: named, not named, or as the label set of the server's model calls it. */
export const kindOf = (kind: string) => (kind === "named" || kind === "unnamed" ? t(kind) : inWords(kind));
const inWords = (name: string) => name.replaceAll("_", " ");
export const words = (labels: Label[]) => labels.map(word).join(", ");
export const percent = (share: number) =>
  new Intl.NumberFormat(browser.i18n.getUILanguage(), { style: "percent", maximumFractionDigits: 0 }).format(share);
export const number = (value: number) => new Intl.NumberFormat(browser.i18n.getUILanguage()).format(value);

/** Fill in the texts of one of our pages: `data-t` for the content, `data-t-NAME` for the attribute NAME. */
export function translate(root: Document): void {
  root.documentElement.lang = browser.i18n.getUILanguage();
  root.documentElement.dir = t("@@bidi_dir");
  for (const element of root.querySelectorAll("*"))
    for (const { name, value } of [...element.attributes])
      if (name === "data-t") element.textContent = t(value as Key);
      else if (name.startsWith("data-t-")) element.setAttribute(name.slice(7), t(value as Key));
}
