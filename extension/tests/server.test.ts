import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { fakeBrowser } from "wxt/testing/fake-browser";
import { ask, label } from "../common/server";
import { sample, TEXT } from "./sample";

let server: Server;
afterEach(() => {
  fakeBrowser.reset();
  server.close();
});

/** A real HTTP server on a free port. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  server = createServer(answer).listen(0, "127.0.0.1");
  await new Promise((ready) => server.once("listening", ready));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("nothing but the paragraphs is sent", async () => {
  const seen: { body: string; headers: IncomingMessage["headers"] }[] = [];
  const address = await serve(async (request, response) => {
    let body = "";
    for await (const part of request) body += String(part);
    seen.push({ body, headers: request.headers });
    response.end(JSON.stringify(sample()));
  });
  await label(address, TEXT);
  expect(JSON.parse(seen[0]!.body)).toEqual({ paragraphs: TEXT });
  for (const name of ["cookie", "referer", "authorization", "origin"])
    expect(seen[0]!.headers).not.toHaveProperty(name);
});

test("the token goes along where there is one", async () => {
  await fakeBrowser.storage.local.set({ token: "secret" });
  let authorization: string | undefined;
  const address = await serve((request, response) => {
    authorization = request.headers.authorization;
    response.end("{}");
  });
  await ask(address, "GET", "/v1/model");
  expect(authorization).toBe("Bearer secret");
});

test.each([
  ["HTML", 200, "<script>alert(1)</script>", "foreign"],
  ["another program's JSON", 200, '{"hello": 1}', "foreign"],
  ["a problem", 422, '{"type": "/problems/no-text", "detail": "no text"}', "refused"],
  ["another language", 422, '{"type": "https://x/unsupported-language", "detail": "fr"}', "language"],
  ["a limit", 429, '{"detail": "slow down"}', "busy"],
  ["a page of a proxy", 502, "<h1>Bad Gateway</h1>", "foreign"],
  ["a redirect", 302, "", "absent"],
])("%s is trouble of its own kind", async (_, status, body, trouble) => {
  const address = await serve((_, response) =>
    response.writeHead(status, status === 302 ? { Location: "/" } : {}).end(body),
  );
  await expect(label(address, TEXT)).rejects.toMatchObject({ trouble });
});

test("nobody there is trouble of its own kind", async () => {
  const address = await serve(() => {});
  server.close();
  await expect(label(address, TEXT)).rejects.toMatchObject({ trouble: "absent" });
});
