import { sendCorrection } from "../background/corrections";
import { enabledSites, FILES, leaveServer, registerSites } from "../background/sites";
import type { Result, State, ToBackground, ToPage } from "../common/messages";
import { openPanel } from "../common/panel";
import { failure, label } from "../common/server";
import { maySend, onSettings, pattern, readLocal, readSettings } from "../common/settings";
import { t } from "../common/text";

export default defineBackground(() => {
  browser.action.onClicked.addListener(({ id }) => toggle(id!));
  browser.commands.onCommand.addListener((command, tab) => {
    if (command === "overview") openPanel(tab!.windowId);
    else void tell(tab!.id!, { type: "step", by: command === "next" ? 1 : -1 });
  });

  browser.contextMenus.onClicked.addListener(({ menuItemId }, tab) => {
    if (menuItemId === "overview") openPanel(tab!.windowId);
    else void openPopup();
  });
  browser.runtime.onInstalled.addListener(async ({ reason }) => {
    await browser.contextMenus.removeAll();
    for (const id of ["overview", "switches"] as const)
      browser.contextMenus.create({ id, title: t(`menu_${id}`), contexts: ["action"] });
    if (reason === "install") await openPage("welcome");
    await registerSites();
  });

  browser.permissions.onAdded.addListener(async ({ origins }) => {
    await registerSites();
    // The page that the reader was looking at while switching its site on.
    for (const { id, url } of origins?.length ? await browser.tabs.query({ active: true, url: origins }) : [])
      if (await isEnabled(url!)) await tell(id!, { type: "start" });
  });
  browser.permissions.onRemoved.addListener(registerSites);
  onSettings(registerSites);
  browser.storage.sync.onChanged.addListener(
    ({ server }) => server?.oldValue && leaveServer(server.oldValue as string),
  );

  browser.runtime.onMessage.addListener((message: ToBackground, sender, respond) => {
    if (message.type === "state") showState(sender.tab!.id!, message.state);
    else if (message.type === "open") {
      if (message.surface === "panel") openPanel(sender.tab!.windowId);
      else void openPage(message.surface);
    } else {
      void (message.type === "enabled" ? isEnabled(sender.url!) : answer(message)).then(respond);
      return true; // the response comes later
    }
  });
});

/** Whether the reader wants labels on this page without pressing the button. */
const isEnabled = async (url: string) =>
  !(await readSettings()).paused && (await enabledSites()).some((site) => site === pattern(url));

async function answer(message: Extract<ToBackground, { type: "label" | "correct" }>): Promise<Result<unknown>> {
  const [{ server }, { agreed }] = await Promise.all([readSettings(), readLocal()]);
  if (!maySend(server, agreed)) return { failure: { trouble: "consent", detail: "", server } };
  try {
    if (message.type === "label") return { value: await label(server, message.paragraphs) };
    await sendCorrection(message.correction, message.key);
    return { value: null };
  } catch (error) {
    return { failure: failure(error, server) };
  }
}

async function toggle(tabId: number): Promise<void> {
  // Firefox asks the reader itself, once. It must come first: later the press no longer counts as one.
  if (
    import.meta.env.FIREFOX &&
    !(await browser.permissions.request({ data_collection: ["websiteContent"] } as object))
  )
    return;
  if ((await readSettings()).paused) await openPopup();
  else await tell(tabId, { type: "toggle" });
}

/** Send a message to a page, after putting our script there if it is not there yet. */
async function tell(tabId: number, message: ToPage): Promise<void> {
  const target = { tabId };
  // More than once: on a busy machine Chromium may tell the page that a press lets us in only after we knocked.
  for (const pause of [0, 0, 100, 300, 600]) {
    await new Promise((done) => setTimeout(done, pause));
    try {
      await browser.tabs.sendMessage(tabId, message);
      return;
    } catch {
      try {
        await browser.scripting.insertCSS({ target, files: FILES.css });
        await browser.scripting.executeScript({ target, files: FILES.js });
      } catch {
        // Not let in, or not yet.
      }
    }
  }
  // The browser's own pages and its store are closed to extensions.
  showState(tabId, "error");
  void browser.action.setTitle({ tabId, title: t("closed_page") });
}

const BADGES: Record<State, string> = { off: "", working: "…", done: "on", error: "!" };

function showState(tabId: number, state: State): void {
  void browser.action.setBadgeText({ tabId, text: BADGES[state] });
  void browser.action.setTitle({ tabId, title: t(state === "off" ? "toggle" : "toggle_off") });
}

const openPage = (name: "welcome" | "options") => browser.tabs.create({ url: browser.runtime.getURL(`/${name}.html`) });

/** The button itself toggles, so the popup is attached to it only while it is being opened. */
async function openPopup(): Promise<void> {
  await browser.action.setPopup({ popup: "/popup.html" });
  const opened = browser.action.openPopup(); // settles late in Firefox, at times only when the popup closes
  await browser.action.setPopup({ popup: "" });
  await opened;
}
