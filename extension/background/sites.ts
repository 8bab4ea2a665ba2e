import { DEFAULTS, pattern, readSettings } from "../common/settings";

/** The content script and its style sheet, as `scripting` wants them. */
export const FILES = { js: ["/content-scripts/content.js" as const], css: ["/highlight.css" as const] };

const ID = "sites";

/** Match patterns of the sites that the reader switched on. The browser's permissions are the one record of them. */
export async function enabledSites(): Promise<string[]> {
  const [{ origins = [] }, ours] = await Promise.all([browser.permissions.getAll(), serverPatterns()]);
  return origins.filter((origin) => !ours.includes(origin));
}

/** Give up the permission for a former server, which would now pass for a site that the reader switched on. */
export async function leaveServer(former: string): Promise<void> {
  const origin = pattern(former);
  if (!(await serverPatterns()).includes(origin)) await browser.permissions.remove({ origins: [origin] });
}

const serverPatterns = async () => [DEFAULTS.server, (await readSettings()).server].map(pattern);

/** Have the browser start Sayso on the reader's sites by itself, and on no other. */
export async function registerSites(): Promise<void> {
  const [matches, { paused }] = await Promise.all([enabledSites(), readSettings()]);
  const registered = await browser.scripting.getRegisteredContentScripts({ ids: [ID] });
  if (registered.length) await browser.scripting.unregisterContentScripts({ ids: [ID] });
  if (matches.length && !paused)
    await browser.scripting.registerContentScripts([{ id: ID, matches, runAt: "document_idle", ...FILES }]);
}
