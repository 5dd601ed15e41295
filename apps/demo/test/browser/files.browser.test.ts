import { fixture } from "@sunstep/testing";
import { StableDiffusion } from "sunstep";
import { afterAll, afterEach, beforeAll, expect, it, onTestFinished } from "vitest";
import { exportFolder, removeFolder } from "../../../../packages/onnx-checkpoint/test/exported-folder.js";
import { DemoPage, openBrowser, serveDemo } from "./open-demo.js";
import { psnr } from "./psnr.js";

const checkpoint = fixture("tiny-sd15-single-file/tiny_sd15.fp16.safetensors");
const sun = fixture("sun/tiny-sd15_addpos.safetensors");
const lora = fixture("lora/kohya.safetensors");

let server: Awaited<ReturnType<typeof serveDemo>>;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let demo: DemoPage;

// All tests share one visit; the last ones replace the model.
beforeAll(async () => {
  server = await serveDemo();
  browser = await openBrowser();
  await browser.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  demo = await DemoPage.open(
    browser.context,
    `${server.url}#prompt=a+red+apple&seed=3&sun=false&guidedsteps=2`,
  );
  await demo.waitForImage("a red apple");
});
afterAll(async () => {
  await browser.close();
  await server.close();
});
afterEach(() => expect(demo.errors).toEqual([]));

it("rejects a file that is not a model with a sentence, and keeps the model", async () => {
  await demo.drop(fixture("hostile/html_error_page.safetensors"));
  const alert = demo.page.getByRole("alert");
  await alert.waitFor();
  expect(await alert.textContent()).toContain("html_error_page.safetensors");
  await demo.press("Close");
  await alert.waitFor({ state: "detached" });
});

it("restores settings from an image's file, its link and the gallery", async () => {
  const { bytes, image } = await demo.download();
  await demo.press("Copy link");
  const link = await demo.page.evaluate(() => navigator.clipboard.readText());
  await demo.press("Copy image");
  await demo.status.filter({ hasText: "Image copied" }).waitFor();
  const settings = async () => ({
    prompt: await demo.page.getByLabel("Prompt", { exact: true }).inputValue(),
    seed: await demo.page.getByLabel("Seed", { exact: true }).inputValue(),
    steps: await demo.page.getByLabel("Steps", { exact: true }).inputValue(),
  });
  const expected = { prompt: "a red apple", seed: "3", steps: "2" };
  const spoil = async () => {
    await demo.fill("Prompt", "something else");
    await demo.page.getByLabel("Steps", { exact: true }).fill("9");
    await demo.fill("Seed", "999");
    await demo.page.getByLabel("Seed", { exact: true }).blur();
    expect(await settings()).not.toEqual(expected);
  };

  await spoil();
  await demo.drop({ name: "apple.png", bytes });
  await demo.page.waitForFunction(() => document.querySelector("textarea")?.value === "a red apple");
  expect(await settings()).toEqual(expected);

  await spoil();
  await demo.press("Restore: a red apple, seed 3");
  expect(await settings()).toEqual(expected);

  const other = await DemoPage.open(browser.context, link);
  await other.waitForImage("a red apple");
  expect(psnr((await other.download()).image, image)).toBe(Number.POSITIVE_INFINITY);
  // Text in the pixels of a PNG, and in a JPEG's comment.
  for (const [name, prompt] of [
    ["automatic1111_stealth.png", "a circle"],
    ["automatic1111_cropped.jpg", "photo of a duck"],
  ] as const) {
    await other.drop(fixture(`published-images/${name}`));
    await other.page.waitForFunction((text) => document.querySelector("textarea")?.value === text, prompt);
  }
  expect(other.errors).toEqual([]);
  await other.page.close();
});

it("makes the same image as Node with a dropped checkpoint, SUN adapter and LoRA", async () => {
  await demo.drop(checkpoint);
  await demo.status.filter({ hasText: "tiny_sd15.fp16.safetensors is ready" }).waitFor();
  await demo.drop(sun, lora);
  await demo.page.locator("summary", { hasText: "Model" }).click();
  const files = demo.page.getByRole("list", { name: "Files" });
  await files.getByText("kohya.safetensors").waitFor();
  expect(await files.textContent()).toMatch(
    /tiny_sd15\.fp16\.safetensorsa checkpoint \(Stable Diffusion 1\.x\), .*MBtiny-sd15_addpos\.safetensorsa SUN adapter, .*kBkohya\.safetensorsa LoRA, .*kB/,
  );
  await demo.page.getByLabel("kohya", { exact: true }).fill("0.6");
  await demo.fill("Width", "64");
  await demo.fill("Height", "64");
  await demo.page.getByLabel("Height", { exact: true }).blur();
  await demo.fill("Prompt", "a photo of a cat");
  await demo.fill("Negative prompt", "blurry");
  await demo.press("Make");
  await demo.waitForImage("a photo of a cat");
  const { image } = await demo.download();

  const node = await StableDiffusion.fromPretrained(checkpoint, { sun, loras: [{ path: lora, scale: 0.6 }] });
  const { images } = await node.generate("a photo of a cat", {
    negativePrompt: "blurry",
    seed: 3,
    width: 64,
    height: 64,
  });
  await node.dispose();
  expect(image.text.get("parameters")).toBe(images[0]?.parameters);
  expect(psnr(image, images[0]!)).toBeGreaterThanOrEqual(40);

  await demo.press("Remove the SUN adapter");
  await demo.press("Remove kohya");
  await files.getByText("kohya.safetensors").waitFor({ state: "detached" });
  expect(await files.textContent()).not.toContain("SUN");
});

it("opens a picked folder as a model", async () => {
  await demo.page.locator("input[webkitdirectory]").setInputFiles(fixture("tiny-sd15"));
  const files = demo.page.getByRole("list", { name: "Files" });
  await files.getByText("tiny-sd15", { exact: true }).waitFor();
  expect(await files.textContent()).toMatch(/^tiny-sd15a diffusers folder, /);
  await demo.page.locator("summary").filter({ hasText: "Model tiny-sd15" }).waitFor();
});

it("makes an image by NAG and a second run on a folder of ONNX graphs", async () => {
  const folder = await exportFolder();
  onTestFinished(() => removeFolder(folder));
  await demo.page.locator("input[webkitdirectory]").setInputFiles(folder);
  const files = demo.page.getByRole("list", { name: "Files" });
  await files.getByText("a folder of ONNX graphs").waitFor();
  await demo.page.getByLabel("Negative prompt by").selectOption("NAG");
  await demo.page.getByRole("switch", { name: "Enlarge in a second run" }).check();
  await demo.press("Make");
  await demo.waitForImage("a photo of a cat");
  const { image } = await demo.download();
  expect([image.width, image.height]).toEqual([128, 128]);
  expect(image.text.get("parameters")).toMatch(/Size: 64x64.*Hires upscale: 2.*Hires upscaler: Latent/);
  expect(image.text.get("parameters")).toContain("Negative method: NAG");
});
