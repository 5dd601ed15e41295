// The page itself, with a stand-in for the model.

import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { engineCalls, installFakeEngine } from "./fake-engine.js";
import { DemoPage, openBrowser, serveDemo } from "./open-demo.js";

let server: Awaited<ReturnType<typeof serveDemo>>;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let demo: DemoPage;

beforeAll(async () => {
  server = await serveDemo();
});
afterAll(() => server.close());
beforeEach(async () => {
  browser = await openBrowser({ serviceWorkers: "block" });
  browser.context.setDefaultTimeout(30_000);
  await installFakeEngine(browser.context);
});
afterEach(async () => {
  expect(demo.errors.filter((text) => !text.includes("Service Worker registration blocked"))).toEqual([]);
  await browser.close();
});

const open = async (link = "#prompt=an+apple&seed=3") => {
  demo = await DemoPage.open(browser.context, server.url + link);
  await demo.waitForImage();
  return demo.page;
};
const value = (label: string) => demo.page.getByLabel(label, { exact: true }).inputValue();
const thumbnails = () => demo.page.getByRole("button", { name: /^Restore:/ });

it("finishes every draft that it begins while keys arrive, and ends with four steps of the whole prompt", async () => {
  const page = await open();
  const before = (await engineCalls(page)).length;
  const text = "a blue car on the moon";
  const field = page.getByLabel("Prompt", { exact: true });
  await field.fill("");
  await page.getByLabel("Live").check();
  await field.pressSequentially(text, { delay: 30 });
  await page.getByRole("img", { name: text, exact: true }).waitFor();
  const calls = (await engineCalls(page)).slice(before);
  const drafts = calls.filter(({ method }) => method === "draft");
  expect(drafts.length).toBeGreaterThan(2);
  expect(drafts.length).toBeLessThan(text.length);
  expect(drafts.filter(({ outcome }) => outcome !== "done")).toEqual([]);
  expect(drafts.filter(({ prompt, steps }) => !text.startsWith(prompt) || steps !== 2)).toEqual([]);
  const lengths = drafts.map(({ prompt }) => prompt.length);
  expect([...lengths].sort((a, b) => a - b)).toEqual(lengths);
  expect(calls.at(-1)).toMatchObject({ method: "generate", prompt: text, steps: 4, outcome: "done" });
  expect(await thumbnails().count()).toBe(2);
});

it("makes an image smaller that does not fit into memory", async () => {
  const page = await open();
  await demo.fill("Width", "256");
  await demo.fill("Height", "200");
  await page.getByLabel("Height", { exact: true }).blur();
  await page.getByText("emoji is made for 128 × 128.").waitFor();
  await demo.press("Make");
  const alert = page.getByRole("alert");
  await alert.getByText("There was not enough memory for this size.").waitFor();
  await demo.press("Make it smaller");
  await thumbnails().nth(1).waitFor();
  expect(await alert.count()).toBe(0);
  expect([await value("Width"), await value("Height")]).toEqual(["128", "104"]);
  await demo.fill("Width", "900");
  await page.getByLabel("Width", { exact: true }).blur();
  expect(await value("Width")).toBe("512");
});

it("keeps prompt, settings and gallery across a reload, until they are cleared", async () => {
  const page = await open();
  await demo.fill("Prompt", "a blue car");
  await demo.fill("Negative prompt", "wheel");
  await demo.press("Make");
  await thumbnails().nth(1).waitFor();
  const seed = await value("Seed");
  const reload = async () => {
    // The last change is saved in the background.
    await page.waitForTimeout(500);
    await page.goto(server.url);
    await page.reload();
    await page.getByLabel("Prompt", { exact: true }).waitFor();
  };
  await reload();
  expect([await value("Prompt"), await value("Negative prompt"), await value("Seed")]).toEqual([
    "a blue car",
    "wheel",
    seed,
  ]);
  await page.getByRole("img", { name: "a blue car", exact: true }).waitFor();
  expect(await thumbnails().count()).toBe(2);
  await demo.press("Clear the gallery");
  await demo.press("Remove all 2 images");
  await page.getByText("Your images appear here.").waitFor();
  await reload();
  expect(await value("Prompt")).toBe("a red apple");
  await demo.waitForImage();
  expect(await thumbnails().count()).toBe(1);
});

it("works in a browser that denies storage", async () => {
  const page = await browser.context.newPage();
  await page.addInitScript(() => {
    Object.defineProperty(globalThis, "indexedDB", {
      get: () => {
        throw new DOMException("denied", "SecurityError");
      },
    });
  });
  demo = new DemoPage(page);
  await page.goto(`${server.url}#prompt=an+apple&seed=3`);
  await demo.waitForImage("an apple");
  await demo.press("Make");
  await thumbnails().nth(1).waitFor();
});

it("paints, undoes and clears a mask on the image itself, by pointer and by keyboard", async () => {
  const page = await open();
  const image = page.getByRole("img", { name: "an apple", exact: true });
  const shown = (await image.boundingBox())!;
  expect((shown.width * shown.height) / (1280 * 800)).toBeGreaterThan(0.5);
  await demo.press("Start from this image");
  const mask = page.getByLabel(/^Mask:/);
  const box = (await mask.boundingBox())!;
  expect(box.width).toBeGreaterThan(shown.width * 0.95);
  expect(await mask.evaluate((canvas) => getComputedStyle(canvas).touchAction)).toBe("none");
  const painted = () =>
    mask.evaluate((canvas: HTMLCanvasElement) => {
      const { width, height } = canvas;
      const copy = new OffscreenCanvas(width, height).getContext("2d")!;
      copy.drawImage(canvas, 0, 0);
      const { data } = copy.getImageData(0, 0, width, height);
      return data.reduce((count, value, i) => count + (i % 4 === 3 && value > 127 ? 1 : 0), 0);
    });
  const at = (x: number, y: number) => [box.x + box.width * x, box.y + box.height * y] as const;
  await page.mouse.move(...at(0.25, 0.5));
  await page.mouse.down();
  await page.mouse.move(...at(0.75, 0.5), { steps: 5 });
  await page.mouse.up();
  const line = await painted();
  // A line of half the width, 20% high with round ends.
  expect(line / 128 ** 2).toBeGreaterThan(0.11);
  expect(line / 128 ** 2).toBeLessThan(0.15);
  await mask.focus();
  for (const key of ["]", "ArrowDown", "ArrowDown", " "]) await page.keyboard.press(key);
  expect(await painted()).toBeGreaterThan(line + 100);
  await page.keyboard.press("Control+z");
  expect(await painted()).toBe(line);
  await demo.press("Clear the mask");
  expect(await painted()).toBe(0);
  await demo.press("Undo");
  expect(await painted()).toBe(line);
  await demo.press("Done");
  await mask.waitFor({ state: "detached" });
  await page.getByText("The painted part is made anew.").waitFor();
});

it("fills the stage with four compared images and downloads them as one", async () => {
  const page = await open("#prompt=an+apple&negative=red&seed=3");
  await page.getByRole("switch", { name: /^Compare 4 steps with SUN/ }).check();
  await page.getByRole("switch", { name: /^Compare without/ }).check();
  await demo.press("Make");
  const frames = page.locator("figure");
  await frames.nth(3).waitFor();
  // Only the image that is being made has a bar.
  expect(await page.locator(".bar").count()).toBe(1);
  await demo.status.filter({ hasText: "times fewer evaluations" }).waitFor();
  for (const frame of await frames.all()) expect((await frame.boundingBox())!.width).toBeGreaterThan(320);
  const { name, image } = await demo.download();
  expect(name).toBe("an-apple-3-comparison.png");
  expect([image.width, image.height]).toEqual([840, 1020]);
  const pixel = (x: number, y: number) => [
    ...image.data.subarray((y * image.width + x) * image.channels).slice(0, 3),
  ];
  // The stand-in's images are black, the paper is white.
  for (const [x, y] of [
    [30, 70],
    [400, 440],
    [440, 70],
    [810, 440],
    [30, 530],
    [810, 900],
  ] as const)
    expect(pixel(x, y)).toEqual([0, 0, 0]);
  for (const [x, y] of [
    [10, 10],
    [420, 200],
    [835, 1015],
  ] as const)
    expect(pixel(x, y)).toEqual([255, 255, 255]);
});
