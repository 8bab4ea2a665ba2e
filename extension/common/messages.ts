import type { Answer } from "./answer";
import type { Label } from "./labels";

/** `done` is also said of a page where there was nothing to label. */
export type State = "off" | "working" | "done" | "error";

/** What can keep labels from coming; each has its advice in `_locales` as `trouble_…`. */
export type Trouble =
  "absent" | "slow" | "busy" | "foreign" | "token" | "origin" | "refused" | "language" | "consent" | "interrupted";

export interface Failure {
  trouble: Trouble;
  /** The server's own words, or what was wrong with its answer. */
  detail: string;
  server: string;
}

export type Result<Value> = { value: Value } | { failure: Failure };

/** What a reader sends with “Not right?”: exactly this, and only on the button. */
export interface Correction {
  shown: Label;
  given: Label | null;
  model: Answer["model"];
  /** Whether the text may be kept; without it no text is sent. */
  consent: boolean;
  text: string | null;
}

/** From a page to the background. */
export type ToBackground =
  | { type: "label"; paragraphs: string[] }
  | { type: "correct"; correction: Correction; key: string }
  | { type: "state"; state: State }
  | { type: "enabled" }
  | { type: "open"; surface: "panel" | "welcome" | "options" };

/** From the background, the popup and the panel to a page. */
export type ToPage =
  { type: "toggle" | "start" | "stop" } | { type: "step"; by: 1 | -1 } | { type: "go"; index: number };

/** From a page to the panel, over a port of this name, whenever something changed. */
export const PANEL = "panel";
export interface Report {
  state: State;
  notice: string;
  articles: { first: number; paragraphs: string[]; answer: Answer }[];
}

/** The labels that the server's model has. */
export const labelsOf = (articles: Report["articles"]): Label[] => [
  ...new Set(articles.flatMap(({ answer }) => Object.keys(answer.summary.shares))),
];
