import { enabledSites } from "../../background/sites";
import { openPanel } from "../../common/panel";
import { onSettings, pattern, readSettings, type Settings, writeSettings } from "../../common/settings";
import { t, translate } from "../../common/text";

const $ = (id: string) => document.getElementById(id)!;

translate(document);
const [tab] = await browser.tabs.query({ active: true, currentWindow: true });
const address = /^https?:/.test(tab?.url ?? "") ? tab!.url! : null; // readable because the button was pressed on this tab
const site = $("site") as HTMLInputElement;
const paused = $("paused") as HTMLInputElement;

$("site-name").textContent = address ? t("this_site", new URL(address).hostname) : t("no_site");
site.disabled = !address;
site.checked = !!address && (await enabledSites()).includes(pattern(address));
site.addEventListener("change", async () => {
  const origins = { origins: [pattern(address!)] };
  const done = await (site.checked ? browser.permissions.request(origins) : browser.permissions.remove(origins));
  if (!done) site.checked = !site.checked;
});

const showSettings = (settings: Settings) => (paused.checked = settings.paused);
showSettings(await readSettings());
onSettings(showSettings);
paused.addEventListener("change", () => writeSettings({ paused: paused.checked }));

$("overview").addEventListener("click", () => openPanel(tab!.windowId));
$("options").addEventListener("click", () => browser.runtime.openOptionsPage());
