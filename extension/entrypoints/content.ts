import type { ToPage } from "../common/messages";
import { Session } from "../page/session";

/** Runs on a page only after the reader asked for labels there. */
export default defineContentScript({
  registration: "runtime",
  main() {
    const session = new Session();
    browser.runtime.onMessage.addListener((message: ToPage) => {
      if (message.type === "toggle") session.toggle();
    });
  },
});
