import type { Result, ToBackground } from "../common/messages";

export const send = <Answer>(message: ToBackground): Promise<Answer> => browser.runtime.sendMessage(message);

/** What the background makes of a message that goes on to the server. */
export async function ask<Value>(message: ToBackground): Promise<Result<Value>> {
  for (let attempt = 0; attempt < 2; attempt++)
    try {
      const result = await send<Result<Value> | undefined>(message);
      if (result) return result;
    } catch {
      // The browser may stop the background while it waits for the server; asking again wakes it.
    }
  return { failure: { trouble: "interrupted", server: "", detail: "" } };
}
