import { PANEL, type ToBackground, type ToPage } from "../common/messages";
import { Session } from "../page/session";

/** Runs on a page only after the reader pressed the button there, or switched its site on. */
export default defineContentScript({
  registration: "runtime",
  main() {
    // Two quick presses, or one while the browser starts a switched-on site, may put the script here twice.
    const world = globalThis as { saysoIsHere?: true };
    if (world.saysoIsHere) return;
    world.saysoIsHere = true;
    const panels = new Set<Browser.runtime.Port>();
    const session = new Session(() => {
      for (const panel of panels) panel.postMessage(session.report);
    });
    browser.runtime.onMessage.addListener((message: ToPage) => {
      if (message.type === "step") session.step(message.by);
      else if (message.type === "go") session.go(message.index);
      else void session[message.type]();
    });
    browser.runtime.onConnect.addListener((port) => {
      if (port.name !== PANEL) return;
      panels.add(port);
      port.onDisconnect.addListener(() => panels.delete(port));
      port.postMessage(session.report);
    });
    const enabled: ToBackground = { type: "enabled" };
    void browser.runtime.sendMessage<ToBackground, boolean>(enabled).then(async (yes) => {
      if (yes) await session.start();
    });
  },
});
