import { defineConfig } from "wxt";

export default defineConfig({
  manifestVersion: 3,
  manifest: ({ browser }) => ({
    name: "__MSG_name__",
    description: "__MSG_description__",
    default_locale: "en",
    action: { default_title: "__MSG_toggle__" },
    permissions: ["activeTab", "scripting", "storage"],
    // Every port of this computer: a port in the pattern makes Firefox ignore the entry.
    host_permissions: ["http://127.0.0.1/*"],
    ...(browser === "firefox"
      ? {
          browser_specific_settings: {
            gecko: {
              id: "sayso@sayso.example",
              strict_min_version: "142.0",
              data_collection_permissions: { required: ["none"], optional: ["websiteContent"] },
            },
          },
        }
      : { minimum_chrome_version: "127" }),
  }),
});
