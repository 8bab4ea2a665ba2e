import { expect, test, vi } from "vitest";
import { fakeBrowser } from "wxt/testing/fake-browser";
import { leaveServer } from "../background/sites";
import { writeSettings } from "../common/settings";

test.each([
  ["https://former.example", "https://sayso.example", ["https://former.example/*"]],
  ["https://former.example", "http://127.0.0.1:7298", ["https://former.example/*"]],
  ["https://sayso.example:8443", "https://sayso.example", []],
  ["http://127.0.0.1:7297", "https://sayso.example", []], // needed, and not the reader's to give
])("who leaves %s for %s gives up %j", async (former, server, given) => {
  await writeSettings({ server });
  const remove = vi.spyOn(fakeBrowser.permissions, "remove").mockResolvedValue();
  await leaveServer(former);
  expect(remove.mock.calls.flatMap(([{ origins }]) => origins)).toEqual(given);
  remove.mockRestore();
});
