import { deleteCorrection } from "../../background/corrections";
import { enabledSites } from "../../background/sites";
import { examine } from "../../common/doctor";
import { h } from "../../common/dom";
import { LABELS, shape } from "../../common/labels";
import { failure } from "../../common/server";
import {
  onSettings,
  pattern,
  readLocal,
  readSettings,
  type Settings,
  serverOrigin,
  writeLocal,
  writeSettings,
} from "../../common/settings";
import { t, translate, word } from "../../common/text";

const $ = (id: string) => document.getElementById(id)!;
const server = $("server") as HTMLInputElement;
const token = $("token") as HTMLInputElement;

translate(document);

for (const label of LABELS) addChoice("checkbox", "shown", label, shape(label), word(label));
for (const density of ["full", "word", "shape"] as const)
  addChoice("radio", "density", density, t(`density_${density}`));
for (const palette of ["calm", "strong", "ink"] as const)
  addChoice("radio", "palette", palette, t(`palette_${palette}`));

function addChoice(type: string, name: string, value: string, ...content: (Node | string)[]): void {
  const input = h("input", { type, name, value });
  input.addEventListener("change", saveChoices);
  $(name).append(h("label", { "data-label": type === "checkbox" && value }, input, ...content));
}

async function show(): Promise<void> {
  // Both at once: a field filled in later would lose what the reader has typed by then.
  const [settings, local] = await Promise.all([readSettings(), readLocal()]);
  showSettings(settings);
  token.value = local.token;
  await showSites();
  await showSent();
}

function showSettings(settings: Settings): void {
  if (document.activeElement !== server) server.value = settings.server;
  for (const input of document.querySelectorAll<HTMLInputElement>("fieldset input"))
    input.checked = [settings[input.name as "shown" | "density" | "palette"]].flat().includes(input.value);
}

function chosen(name: string): string[] {
  return [...document.querySelectorAll<HTMLInputElement>(`input[name=${name}]:checked`)].map(({ value }) => value);
}

function saveChoices(): Promise<void> {
  return writeSettings({
    shown: chosen("shown"),
    density: chosen("density")[0] as Settings["density"],
    palette: chosen("palette")[0] as Settings["palette"],
  });
}

$("connection").addEventListener("submit", async (event) => {
  event.preventDefault();
  const outcome = $("outcome");
  try {
    const origin = serverOrigin(server.value);
    // The browser's question names the address, so a yes to it is the reader's agreement to send paragraphs there.
    if (!(await browser.permissions.request({ origins: [pattern(origin)] }))) {
      outcome.textContent = t("not_saved", origin);
      return;
    }
    await writeSettings({ server: origin });
    await writeLocal({ token: token.value.trim(), agreed: origin });
    server.value = origin;
    outcome.textContent = t("saved");
  } catch (error) {
    outcome.textContent = t((error as TypeError).message as "address_malformed");
  }
});

$("check").addEventListener("click", async () => {
  $("doctor").replaceChildren();
  for await (const { ok, text } of examine((await readSettings()).server))
    $("doctor").append(h("li", { "data-ok": String(ok) }, `${ok ? "✓" : "✗"} ${text}`));
});

async function showSites(): Promise<void> {
  const row = (origin: string) => {
    const remove = h("button", { type: "button", class: "link" }, t("remove"));
    remove.addEventListener("click", () => browser.permissions.remove({ origins: [origin] }).then(showSites));
    return h("li", { class: "row" }, h("span", {}, origin.replace(/\/\*$/, "")), remove);
  };
  const sites = await enabledSites();
  $("sites").replaceChildren(...(sites.length ? sites.map(row) : [h("li", { class: "hint" }, t("no_sites"))]));
}

async function showSent(): Promise<void> {
  const { receipts } = await readLocal();
  const rows = receipts.map((receipt) => {
    const { shown, given, text } = receipt.correction;
    const what = t(
      "sent_item",
      new Date(receipt.sent).toLocaleString(),
      given ? word(given) : t("no_statement"),
      word(shown),
    );
    const problem = h("span", { role: "status" });
    const remove = h("button", { type: "button", class: "link" }, t("delete"));
    remove.addEventListener("click", async () => {
      try {
        await deleteCorrection(receipt);
        await showSent();
      } catch (error) {
        const { trouble, detail, server } = failure(error, receipt.server);
        problem.textContent = t(`trouble_${trouble}`, server, detail);
      }
    });
    return h("li", { class: "row" }, h("span", {}, what, h("br"), h("span", { class: "hint" }, text)), remove, problem);
  });
  $("sent").replaceChildren(...(rows.length ? rows : [h("li", { class: "hint" }, t("no_sent"))]));
}

$("reset").addEventListener("click", async () => {
  const { receipts } = await readLocal();
  await browser.storage.sync.clear();
  await browser.storage.local.clear();
  await writeLocal({ receipts }); // the only way to delete what was sent
  await show();
  $("reset-outcome").textContent = t("reset_done");
});

await show();
onSettings(showSettings); // another page, or another computer, changed them
browser.storage.local.onChanged.addListener(showSent);
browser.permissions.onAdded.addListener(showSites);
browser.permissions.onRemoved.addListener(showSites);
