// The files of the page, as the server sends them; page.browser.test.ts opens the page itself.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { startServer } from "./start-server.js";

const folder = mkdtempSync(join(tmpdir(), "sunstep-page-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const page = join(folder, "page");
mkdirSync(join(page, "assets"), { recursive: true });
writeFileSync(join(page, "index.html"), "<!doctype html>");
writeFileSync(join(page, "assets", "index-1a2b.js"), "0;");
writeFileSync(join(folder, "secret.txt"), "secret");

const server = await startServer({ page });
const closed = await startServer({ page, token: "s3cret" });
const html = { accept: "text/html,*/*;q=0.8" };
const navigation = {
  ...html,
  "sec-fetch-site": "cross-site",
  "sec-fetch-mode": "navigate",
  "sec-fetch-dest": "document",
};

it("is at / for browsers, and the open model for other programs", async () => {
  const response = await fetch(server.url, { headers: html });
  expect([response.status, await response.text()]).toEqual([200, "<!doctype html>"]);
  expect(response.headers.get("content-type")).toMatch(/^text\/html/);
  expect(response.headers.get("cache-control")).toBe("no-cache");
  expect((await server.get("/")).body).toMatchObject({ model: "emoji", upscaler: null });
  const script = await fetch(`${server.url}/assets/index-1a2b.js`);
  expect(script.headers.get("content-type")).toMatch(/javascript/);
  expect(script.headers.get("cache-control")).toMatch(/immutable/);
});

it("may be linked to from other sites, which can read nothing", async () => {
  // Node's fetch sets these headers itself.
  const status = async (url: string, more = {}) =>
    (await server.app.inject({ url, headers: { ...navigation, ...more } })).statusCode;
  expect(await status("/")).toBe(200);
  expect(await status("/v1/models")).toBe(403);
  expect(await status("/", { "sec-fetch-dest": "iframe" })).toBe(403);
});

it("is behind the server's token", async () => {
  for (const path of ["/", "/assets/index-1a2b.js"]) {
    const response = await fetch(closed.url + path, { headers: html });
    expect([response.status, response.headers.get("www-authenticate")]).toEqual([
      401,
      expect.stringMatching(/^Basic/),
    ]);
  }
});

it.each(["/secret.txt", "/..%2fsecret.txt", "/assets/..%2f..%2fsecret.txt", "/index.html/../../secret.txt"])(
  "has no file outside of its folder: %s",
  async (path) => {
    expect((await fetch(server.url + path, { headers: html })).status).toBe(404);
  },
);

it("is told a model's defaults, by loading it", async () => {
  const { body } = await server.get("/models/emoji");
  expect(body).toMatchObject({
    name: "emoji",
    architecture: "sd1",
    acceleration: "SUN",
    defaults: { width: 128, height: 128, steps: 4 },
  });
  const { status } = await server.get("/models/other");
  expect(status).toBe(404);
});
