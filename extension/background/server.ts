import { readAnswer } from "../common/answer";
import type { Labelled, Trouble } from "../common/messages";
import { readSettings } from "../common/settings";

const PATIENCE_MS = 25_000; // a service worker is stopped 30 s after its request began

/** Labels for the paragraphs of one article, or why there are none. Nothing but the paragraphs is sent. */
export async function label(paragraphs: string[]): Promise<Labelled> {
  const { server } = await readSettings();
  try {
    return { answer: readAnswer(await ask(server, "/v1/label", { paragraphs }), paragraphs.length) };
  } catch (error) {
    const trouble = error instanceof ServerTrouble ? error.trouble : "foreign";
    return { failure: { trouble, detail: (error as Error).message, server } };
  }
}

class ServerTrouble extends Error {
  constructor(
    readonly trouble: Trouble,
    detail: string,
  ) {
    super(detail);
  }
}

/** The JSON that a path of the server answers. Throws ServerTrouble. */
async function ask(server: string, path: string, body?: object): Promise<unknown> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(server + path, {
      method: body ? "POST" : "GET",
      body: body && JSON.stringify(body),
      headers: body && { "Content-Type": "application/json" },
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
  let value: { detail?: unknown; title?: unknown };
  try {
    value = JSON.parse(text);
  } catch {
    throw new ServerTrouble(
      "foreign",
      `HTTP ${response.status}, ${response.headers.get("Content-Type") ?? "no content type"}`,
    );
  }
  if (response.ok) return value;
  const trouble = response.status === 429 || response.status === 503 ? "busy" : "refused";
  throw new ServerTrouble(trouble, String(value?.detail ?? value?.title ?? `HTTP ${response.status}`));
}
