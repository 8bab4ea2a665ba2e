import { label } from "../background/server";
import type { State, ToBackground, ToPage } from "../common/messages";

export default defineBackground(() => {
  browser.action.onClicked.addListener((tab) => tell(tab.id!, { type: "toggle" }));

  browser.runtime.onMessage.addListener((message: ToBackground, sender, respond) => {
    if (message.type === "state") showState(sender.tab!.id!, message.state);
    else {
      label(message.paragraphs).then(respond);
      return true; // the response comes later
    }
  });
});

/** Send a message to a page, after putting our script there if it is not there yet. */
async function tell(tabId: number, message: ToPage): Promise<void> {
  try {
    await browser.tabs.sendMessage(tabId, message);
  } catch {
    try {
      await browser.scripting.executeScript({ target: { tabId }, files: ["/content-scripts/content.js"] });
      await browser.tabs.sendMessage(tabId, message);
    } catch {
      // The browser's own pages and its store are closed to extensions.
      showState(tabId, "error");
      browser.action.setTitle({ tabId, title: browser.i18n.getMessage("closed_page") });
    }
  }
}

const BADGES: Record<State, string> = { off: "", working: "…", done: "on", error: "!" };

function showState(tabId: number, state: State): void {
  browser.action.setBadgeText({ tabId, text: BADGES[state] });
}
