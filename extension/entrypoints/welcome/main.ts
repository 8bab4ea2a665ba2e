import { h } from "../../common/dom";
import { LABELS, shape } from "../../common/labels";
import { isLoopback, onSettings, readSettings, type Settings, writeLocal } from "../../common/settings";
import { t, translate, word } from "../../common/text";

const $ = (id: string) => document.getElementById(id)!;

translate(document);
let server = ""; // what is agreed to is what is shown
showServer(await readSettings());
onSettings(showServer);
$("legend").append(
  ...LABELS.map((label) =>
    h(
      "li",
      { "data-label": label },
      h("span", { class: "label" }, shape(label), word(label)),
      h("span", {}, t(`${label}_means`)),
    ),
  ),
);

function showServer(settings: Settings): void {
  server = settings.server;
  $("server").textContent = server;
  $("where").textContent = t(isLoopback(server) ? "welcome_here" : "welcome_elsewhere");
  $("start").hidden = !isLoopback(server);
}

$("agree").addEventListener("click", async () => {
  // Firefox keeps the answer itself, among the extension's permissions.
  if (
    import.meta.env.FIREFOX &&
    !(await browser.permissions.request({ data_collection: ["websiteContent"] } as object))
  )
    return;
  await writeLocal({ agreed: server });
  $("status").textContent = t("welcome_agreed");
});
$("decline").addEventListener("click", async () => {
  await writeLocal({ agreed: "none" });
  $("status").textContent = t("welcome_declined");
});
$("other").addEventListener("click", () => browser.runtime.openOptionsPage());
