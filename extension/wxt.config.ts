import { defineConfig } from "wxt";
import { readabilityOnNodes } from "./readability";

export default defineConfig({
  manifestVersion: 3,
  manifest: ({ browser }) => ({
    name: "__MSG_name__",
    description: "__MSG_description__",
    default_locale: "en",
    icons: { 16: "icon/16.png", 32: "icon/32.png", 48: "icon/48.png", 128: "icon/128.png" },
    action: {
      default_title: "__MSG_toggle__",
      default_icon: { 16: "icon/16.png", 32: "icon/32.png" },
      ...(browser === "firefox" && { default_area: "navbar" }),
    },
    // No letter of a menu in Firefox's menu bar: Alt with such a letter never arrives here.
    commands: {
      _execute_action: { suggested_key: { default: "Alt+Shift+Y" } },
      next: { suggested_key: { default: "Alt+Shift+J" }, description: "__MSG_command_next__" },
      previous: { suggested_key: { default: "Alt+Shift+K" }, description: "__MSG_command_previous__" },
      overview: { suggested_key: { default: "Alt+Shift+O" }, description: "__MSG_menu_overview__" },
    },
    permissions: ["activeTab", "scripting", "storage", "contextMenus"],
    // Every port of this computer: a port in the pattern makes Firefox ignore the entry.
    host_permissions: ["http://127.0.0.1/*"],
    // Asked for one site at a time, when the reader switches it on.
    optional_host_permissions: ["http://*/*", "https://*/*"],
    content_security_policy: {
      extension_pages:
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src http://127.0.0.1:* http://localhost:* https:; base-uri 'none'; form-action 'none'",
    },
    ...(browser === "firefox"
      ? {
          browser_specific_settings: {
            gecko: {
              id: "sayso@sayso.example",
              // The first whose content scripts can adopt constructed style sheets (Mozilla's bug 1751346).
              strict_min_version: "153.0",
              data_collection_permissions: { required: ["none"], optional: ["websiteContent"] },
            },
          },
        }
      : { minimum_chrome_version: "127" }),
  }),
  // What both browsers can do needs no translation.
  vite: () => ({
    build: { target: ["chrome127", "firefox153"], cssTarget: ["chrome127", "firefox153"] },
    plugins: [readabilityOnNodes()],
  }),
  hooks: {
    // The button toggles by itself; its popup is opened from its menu.
    "build:manifestGenerated": (_, { action }) => {
      const button = action as { default_popup?: string; default_title: string };
      delete button.default_popup;
      button.default_title = "__MSG_toggle__";
    },
  },
});
