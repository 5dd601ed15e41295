import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { DemoPage, openBrowser, serveDemo } from "./open-demo.js";

const link = "#prompt=a+red+apple&seed=3&sun=false&guidedsteps=2";

it("has threads and works offline after one visit to a host without headers, and contacts no other host", async () => {
  const server = await serveDemo({ isolated: false, folder: "/some/folder/" });
  const { context, close } = await openBrowser();
  try {
    const asked: string[] = [];
    context.on("request", (request) => asked.push(request.url()));
    const first = await DemoPage.open(context, server.url + link);
    await first.waitForImage("a red apple");
    expect(await first.page.evaluate(() => crossOriginIsolated)).toBe(true);
    await first.page.getByText("it works offline").waitFor();
    expect(first.errors).toEqual([]);
    await first.page.close();
    await server.close();

    const second = await DemoPage.open(context, server.url + link);
    await second.waitForImage("a red apple");
    expect(await second.page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(second.errors).toEqual([]);
    const away = asked.filter((url) => !url.startsWith(server.url) && !url.startsWith("blob:"));
    expect(away).toEqual([]);
  } finally {
    await close();
  }
});

it("blocks connections of the page and its workers to other hosts by Content-Security-Policy", async () => {
  const server = await serveDemo({ isolated: false });
  const { context, close } = await openBrowser();
  try {
    const demo = await DemoPage.open(context, server.url + link);
    await demo.waitForImage();
    const refused = await demo.page.evaluate(() =>
      fetch("https://example.org/").then(
        () => false,
        () => true,
      ),
    );
    expect(refused).toBe(true);
    expect(demo.errors.join()).toContain("Content Security Policy");
    const worker = demo.page.workers()[0]!;
    const policy = await worker.evaluate(async (address) => {
      const response = await fetch(address);
      return response.headers.get("Content-Security-Policy");
    }, worker.url());
    expect(policy).toContain("default-src 'none'");
  } finally {
    await close();
    await server.close();
  }
});

it("has at most 150 kB of compressed JavaScript of its own", () => {
  const assets = fileURLToPath(new URL("../../dist/assets/", import.meta.url));
  const own = readdirSync(assets).filter((name) => /^(index|client|engine|worker)-.*\.js$/.test(name));
  const sizes = own
    .map((name) => ({ name, text: readFileSync(assets + name) }))
    // ONNX Runtime's share is not the page's own.
    .filter(({ text }) => !text.includes("_OrtCreateSession"))
    .map(({ name, text }) => ({ name, size: gzipSync(text, { level: 9 }).length }));
  const total = sizes.reduce((sum, { size }) => sum + size, 0);
  expect(sizes.length).toBeGreaterThanOrEqual(2);
  expect(total, JSON.stringify(sizes)).toBeLessThanOrEqual(150_000);
});
