import type { Answer } from "./answer";

/** What can keep labels from coming, each with its own advice to the reader. */
export type Trouble = "absent" | "slow" | "foreign" | "refused" | "busy";

export interface Failure {
  trouble: Trouble;
  /** The server's own words, or what was wrong with its answer. */
  detail: string;
  server: string;
}

export type State = "off" | "working" | "done" | "error";

/** From a page to the background. */
export type ToBackground = { type: "label"; paragraphs: string[] } | { type: "state"; state: State };

/** From the background to a page. */
export type ToPage = { type: "toggle" };

export type Labelled = { answer: Answer } | { failure: Failure };
