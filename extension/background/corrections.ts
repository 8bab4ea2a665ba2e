import type { Correction } from "../common/messages";
import { ask, ServerTrouble } from "../common/server";
import { type Receipt, readLocal, readSettings, writeLocal } from "../common/settings";

/** Send a correction and keep its receipt on this computer; the same key never files it twice. Throws ServerTrouble. */
export async function sendCorrection(correction: Correction, key: string): Promise<void> {
  const { server } = await readSettings();
  const receipt = await ask(server, "POST", "/v1/feedback", { body: correction, headers: { "Idempotency-Key": key } });
  const { id, token } = receipt as { id: string; token: string };
  const { receipts } = await readLocal();
  const kept = receipts.filter((other) => other.id !== id);
  await writeLocal({ receipts: [{ id, token, server, sent: new Date().toISOString(), correction }, ...kept] });
}

/** Have the server delete a correction unless it already did, and forget its receipt. Throws ServerTrouble. */
export async function deleteCorrection(receipt: Receipt): Promise<void> {
  const headers = { Authorization: `Bearer ${receipt.token}` };
  try {
    await ask(receipt.server, "DELETE", `/v1/feedback/${encodeURIComponent(receipt.id)}`, { headers });
  } catch (error) {
    if (!(error instanceof ServerTrouble && error.problem === "no-such-feedback")) throw error;
  }
  const { receipts } = await readLocal();
  await writeLocal({ receipts: receipts.filter(({ id }) => id !== receipt.id) });
}
