import { StableDiffusion } from "sunstep";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { DemoPage, openBrowser, serveDemo } from "./open-demo.js";
import { psnr } from "./psnr.js";

let server: Awaited<ReturnType<typeof serveDemo>>;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let demo: DemoPage;

// All tests share one visit, since opening the page takes longest.
beforeAll(async () => {
  server = await serveDemo();
  browser = await openBrowser();
  // Few steps suffice: these tests cover the page, not the images.
  const link = "#prompt=a+blue+car&negative=wheel&seed=7&sun=false&guidedsteps=4";
  demo = await DemoPage.open(browser.context, server.url + link);
});
afterAll(async () => {
  await browser.close();
  await server.close();
});
afterEach(() => expect(demo.errors).toEqual([]));

it("makes the same image as Node from the same seed", async () => {
  await demo.waitForImage("a blue car");
  const { image, name } = await demo.download();
  expect(name).toBe("a-blue-car-7.png");

  const node = await StableDiffusion.fromPretrained("emoji");
  const { images } = await node.generate("a blue car", {
    negativePrompt: "wheel",
    seed: 7,
    steps: 4,
    ...(node.sun !== undefined && { sun: false }),
  });
  await node.dispose();
  expect(psnr(image, images[0]!)).toBeGreaterThanOrEqual(40);
  expect(image.text.get("parameters")).toBe(images[0]?.parameters);
});

it("cancels at once, and makes the next image afterwards", async () => {
  await demo.page.getByLabel("Steps", { exact: true }).fill("60");
  await demo.press("Make");
  await demo.status.filter({ hasText: /Step \d+ of 60/ }).waitFor();
  await demo.press("Cancel");
  await demo.page.getByRole("button", { name: "Make" }).waitFor();
  expect(await demo.page.getByRole("button", { name: /^Restore:/ }).count()).toBe(1);
  expect(await demo.page.getByRole("alert").count()).toBe(0);
  await demo.page.getByLabel("Steps", { exact: true }).fill("2");
  await demo.press("Make");
  await demo.page
    .getByRole("button", { name: /^Restore:/ })
    .nth(1)
    .waitFor();
});

it("ends fast typing in live mode with the image of the last text", async () => {
  await demo.page.getByLabel("Live").check();
  const prompt = demo.page.getByLabel("Prompt", { exact: true });
  await prompt.fill("");
  await prompt.pressSequentially("a yellow banana", { delay: 40 });
  await demo.waitForImage("a yellow banana");
  const { image } = await demo.download();
  expect(image.text.get("parameters")).toMatch(/^a yellow banana\n/);
});

it("starts from an image, and changes only the painted part", async () => {
  await demo.page.getByLabel("Live").uncheck();
  const before = await demo.download();
  await demo.press("Start from this image");
  const mask = demo.page.getByLabel(/^Mask:/);
  await mask.focus();
  await demo.page.keyboard.press("Space");
  await demo.fill("Prompt", "a red apple");
  await demo.press("Make");
  await demo.waitForImage("a red apple");
  const after = await demo.download();
  const corner = ({ data, width }: typeof before.image) => [...data.subarray(0, 20 * 3), width];
  const differences = corner(before.image).map((value, i) => Math.abs(value - corner(after.image)[i]!));
  expect(Math.max(...differences)).toBeLessThan(40);
  expect(psnr(after.image, before.image)).toBeLessThan(35);
  expect(after.image.text.get("parameters")).toContain("Denoising strength");
});
