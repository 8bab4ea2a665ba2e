import { expect, test } from "vitest";
import { maySend, pattern, serverOrigin } from "../common/settings";

test.each([
  ["127.0.0.1:7297", "http://127.0.0.1:7297"],
  [" http://localhost:80/v1/label?x=1 ", "http://localhost"],
  ["https://sayso.example.org/", "https://sayso.example.org"],
])("%j is read as %s", (typed, origin) => {
  expect(serverOrigin(typed)).toBe(origin);
});

test.each([
  ["", "address_malformed"],
  ["http://", "address_malformed"],
  ["http://sayso.example.org", "address_insecure"],
  ["http://127.0.0.1.example.org", "address_insecure"],
  ["ftp://127.0.0.1", "address_insecure"],
  ["javascript:alert(1)", "address_malformed"],
])("%j is refused as %s", (typed, reason) => {
  expect(() => serverOrigin(typed)).toThrow(reason);
});

test("a match pattern carries no port, since Firefox ignores one that does", () => {
  expect(pattern("http://127.0.0.1:7297")).toBe("http://127.0.0.1/*");
});

test("this computer may be asked unless the reader said no; another only after a yes to just that one", () => {
  const here = "http://127.0.0.1:7297";
  const there = "https://sayso.example.org";
  expect([maySend(here, ""), maySend(here, "none"), maySend(here, here)]).toEqual([true, false, true]);
  expect([maySend(there, ""), maySend(there, here), maySend(there, there)]).toEqual([false, false, true]);
});
