const CHANGES = [
  ["var pageCacheHtml = page.innerHTML;", "var pageCache = page.cloneNode(true);"],
  ["page.innerHTML = pageCacheHtml;", "page.replaceChildren(...pageCache.cloneNode(true).childNodes);"],
  ["tmp.innerHTML = noscript.innerHTML;", "tmp.append(...noscript.cloneNode(true).childNodes);"],
] as const;

/** A plugin for the build: Readability keeps and restores its copy of a page as nodes. So no text of a page is ever read as
 * markup, and the linter of addons.mozilla.org has nothing to warn of. Throws if Readability is no longer what it was. */
export const readabilityOnNodes = () => ({
  name: "readability-on-nodes",
  transform(code: string, id: string): string | undefined {
    if (!id.endsWith("@mozilla/readability/Readability.js")) return;
    for (const [markup, nodes] of CHANGES) {
      if (!code.includes(markup)) throw new Error(`Readability no longer has “${markup}”: look at readability.ts.`);
      code = code.replace(markup, nodes);
    }
    return code;
  },
});
