import { ask, label, ServerTrouble } from "./server";
import { pattern } from "./settings";
import { t } from "./text";

/** One step of the examination: what was looked at, or what is wrong and how to mend it. */
export interface Finding {
  ok: boolean;
  text: string;
}

/** Examine the way to a server step by step, up to the first thing that is wrong. */
export async function* examine(server: string): AsyncGenerator<Finding> {
  if (!(await browser.permissions.contains({ origins: [pattern(server)] }))) {
    yield { ok: false, text: t("doctor_permission_bad", server) };
    return;
  }
  yield { ok: true, text: t("doctor_permission") };
  let answered = false;
  try {
    const { manifest } = (await ask(server, "GET", "/v1/model")) as { manifest?: { version?: unknown } };
    answered = true;
    yield { ok: true, text: t("doctor_answers") };
    if (typeof manifest?.version !== "string") throw new ServerTrouble("foreign", "/v1/model");
    yield { ok: true, text: t("doctor_sayso", manifest.version) };
    await label(server, [SENTENCE]);
    yield { ok: true, text: t("doctor_label") };
    yield { ok: true, text: t("doctor_ready") };
  } catch (error) {
    if (!(error instanceof ServerTrouble)) throw error;
    if (!answered && error.trouble !== "absent" && error.trouble !== "slow")
      yield { ok: true, text: t("doctor_answers") };
    yield { ok: false, text: t(`trouble_${error.trouble}`, server, error.message) };
  }
}

const SENTENCE = "The ferry will probably sail again on Thursday, the harbour master said in a statement to the press.";
