import { fileURLToPath } from "node:url";
import { memoryOf, openTestPage, type TestPage } from "@sunstep/browser-testing";
import { afterAll, beforeAll, expect, it } from "vitest";

declare global {
  var sunstepPage: typeof import("./page.js").sunstepPage;
}

const emojiFolder = fileURLToPath(new URL("../../../emoji-model/model", import.meta.url));
const megabyte = 1e6;

let test: TestPage;
beforeAll(async () => {
  test = await openTestPage(fileURLToPath(new URL("page.ts", import.meta.url)), {
    folders: { "/model/": emojiFolder },
    eagerMemory: true,
  });
});
afterAll(async () => {
  await test.close();
  expect(test.errors).toEqual([]);
});

const memory = () => memoryOf(test.page);
/** One thread: those that wait for work do not answer, and the browser waits a minute for them. */
const load = () =>
  test.page.evaluate(() => globalThis.sunstepPage.load("emoji", { device: "wasm", threads: 1 }));
const images = (count: number) =>
  test.page.evaluate(async (count) => {
    for (let seed = 0; seed < count; seed++)
      await globalThis.sunstepPage.generate("a red apple", { seed, steps: 2, negativePrompt: "leaf" });
  }, count);

it("memory returns to its level after 20 images, after changes of adapters, and after the model", async () => {
  const empty = await memory();
  await load();
  await images(1);
  const level = await memory();
  expect(level - empty).toBeGreaterThan(50 * megabyte);
  await images(20);
  expect((await memory()) - level).toBeLessThan(2 * megabyte);

  // Networks are loaded anew for other adapters; WebAssembly's memory does not shrink, and need not grow.
  const change = async () => {
    await test.page.evaluate(() => globalThis.sunstepPage.unloadSun());
    await images(1);
    await test.page.evaluate(() => globalThis.sunstepPage.loadSun("/model/sun_adapter.safetensors"));
    await images(1);
  };
  await change();
  const changed = await memory();
  for (let i = 0; i < 3; i++) await change();
  expect((await memory()) - changed).toBeLessThan(0.05 * changed);

  await test.page.evaluate(() => globalThis.sunstepPage.dispose());
  const disposed = await memory();
  // The rest belongs to the page: vocabularies and compiled code.
  expect(disposed - empty).toBeLessThan(5 * megabyte);
  await load();
  await images(1);
  await test.page.evaluate(() => globalThis.sunstepPage.dispose());
  expect((await memory()) - disposed).toBeLessThan(megabyte);
});
