import { LABELS, type Label } from "./labels";

export const DEFAULTS = {
  /** Where paragraphs are sent. */
  server: "http://127.0.0.1:7297",
  /** Everything off, on every site. */
  paused: false,
  /** The labels that are shown beside the text. */
  shown: [...LABELS] as Label[],
  density: "full" as "full" | "word" | "shape",
  palette: "calm" as "calm" | "strong" | "ink",
};
export type Settings = typeof DEFAULTS;

/** The reader's settings, the same on every computer of a signed-in browser. */
export const readSettings = async (): Promise<Settings> => (await browser.storage.sync.get(DEFAULTS)) as Settings;

export const writeSettings = (changed: Partial<Settings>) => browser.storage.sync.set(changed);

export const onSettings = (react: (settings: Settings) => void) =>
  browser.storage.sync.onChanged.addListener(async () => react(await readSettings()));
