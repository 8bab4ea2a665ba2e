import { type Answer, readAnswer } from "./answer";
import type { Failure, Trouble } from "./messages";
import { readLocal } from "./settings";

const PATIENCE_MS = 25_000; // a service worker is stopped 30 s after its request began

export class ServerTrouble extends Error {
  constructor(
    readonly trouble: Trouble,
    detail: string,
    /** The stable part of the server's problem type. */
    readonly problem = "",
  ) {
    super(detail);
  }
}

/** Labels for the paragraphs of one article. Nothing but the paragraphs is sent. Throws ServerTrouble. */
export async function label(server: string, paragraphs: string[]): Promise<Answer> {
  const answer = await ask(server, "POST", "/v1/label", { body: { paragraphs } });
  try {
    return readAnswer(answer, paragraphs.length);
  } catch (error) {
    throw new ServerTrouble("foreign", (error as TypeError).message);
  }
}

/** The JSON that a path of the server answers, null where it answers nothing. Throws ServerTrouble. */
export async function ask(
  server: string,
  method: "GET" | "POST" | "DELETE",
  path: string,
  { body, headers: more = {} }: { body?: object; headers?: Record<string, string> } = {},
): Promise<unknown> {
  const { token } = await readLocal();
  const headers = {
    ...(body && { "Content-Type": "application/json" }),
    ...(token && { Authorization: `Bearer ${token}` }),
    ...more,
  };
  let response: Response;
  let text: string;
  try {
    response = await fetch(server + path, {
      method,
      headers,
      body: body && JSON.stringify(body),
      credentials: "omit",
      referrerPolicy: "no-referrer",
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    text = await response.text();
  } catch (error) {
    throw new ServerTrouble((error as Error).name === "TimeoutError" ? "slow" : "absent", (error as Error).message);
  }
  if (response.ok && text === "") return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ServerTrouble("foreign", `HTTP ${response.status}, ${response.headers.get("Content-Type") ?? "?"}`);
  }
  if (response.ok) return value;
  const { type, title, detail } = (value ?? {}) as { [member in "type" | "title" | "detail"]?: unknown };
  const words = [detail, title].find((word) => typeof word === "string") ?? `HTTP ${response.status}`;
  const problem = String(type).split(/[:/]/).at(-1)!;
  throw new ServerTrouble(PROBLEMS[problem] ?? STATUSES[response.status] ?? "refused", words, problem);
}

const PROBLEMS: Partial<Record<string, Trouble>> = {
  "unsupported-language": "language",
  "refused-origin": "origin",
  "no-such-feedback": "refused",
};
const STATUSES: Partial<Record<number, Trouble>> = {
  401: "token",
  404: "foreign", // another version of the API
  405: "foreign",
  429: "busy",
  503: "busy",
};

export function failure(error: unknown, server: string): Failure {
  if (error instanceof ServerTrouble) return { trouble: error.trouble, detail: error.message, server };
  throw error;
}
