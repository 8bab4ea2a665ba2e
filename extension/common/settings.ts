import { LABELS, type Label } from "./labels";
import type { Correction } from "./messages";

export interface Settings {
  /** Where paragraphs are sent: an origin. */
  server: string;
  /** Everything off, on every site. */
  paused: boolean;
  /** The labels that are shown beside the text. */
  shown: Label[];
  density: "full" | "word" | "shape";
  palette: "calm" | "strong" | "ink";
}

export const DEFAULTS: Settings = {
  server: "http://127.0.0.1:7297",
  paused: false,
  shown: [...LABELS],
  density: "full",
  palette: "calm",
};

/** The reader's settings, the same on every computer of a signed-in browser. */
export const readSettings = (): Promise<Settings> => browser.storage.sync.get({ ...DEFAULTS });

export const writeSettings = (changed: Partial<Settings>) => browser.storage.sync.set(changed);

export const onSettings = (react: (settings: Settings) => void) =>
  browser.storage.sync.onChanged.addListener(() => void readSettings().then(react));

/** What stays on this computer: the token, what the reader agreed to, and receipts for what was sent. */
export interface Local {
  token: string;
  /** The server that the reader agreed to send paragraphs to; "none" after a no, empty before the question. */
  agreed: string;
  receipts: Receipt[];
}

export interface Receipt {
  id: string;
  /** Proof that the correction is the reader's own, needed to delete it. */
  token: string;
  server: string;
  sent: string;
  correction: Correction;
}

const LOCAL: Local = { token: "", agreed: "", receipts: [] };

export const readLocal = (): Promise<Local> => browser.storage.local.get({ ...LOCAL });
export const writeLocal = (changed: Partial<Local>) => browser.storage.local.set(changed);

export const isLoopback = (server: string) => /^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?$/.test(server);

/** Whether paragraphs may go to this server. On the reader's own computer pressing the button is agreement enough, unless they said no. */
export const maySend = (server: string, agreed: string) => agreed === server || (agreed === "" && isLoopback(server));

/** The origin of an address as a reader types it. Throws TypeError with a reason that is a key of `_locales`. */
export function serverOrigin(typed: string): string {
  let url: URL;
  try {
    url = new URL(/^[a-z]+:\/\//i.test(typed.trim()) ? typed.trim() : `http://${typed.trim()}`);
  } catch {
    throw new TypeError("address_malformed");
  }
  if (url.protocol !== "https:" && !isLoopback(url.origin)) throw new TypeError("address_insecure");
  return url.origin;
}

/** The match pattern for a whole origin. It carries no port: with one, Firefox ignores it. */
export function pattern(address: string): string {
  const { protocol, hostname } = new URL(address);
  return `${protocol}//${hostname}/*`;
}
