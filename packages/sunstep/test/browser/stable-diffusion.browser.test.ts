import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openTestPage, type TestPage } from "@sunstep/browser-testing";
import { fixture } from "@sunstep/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { exportFolder, removeFolder } from "../../../onnx-checkpoint/test/exported-folder.js";
import { StableDiffusion } from "../../src/index.js";

declare global {
  var sunstepPage: typeof import("./page.js").sunstepPage;
}

const emojiFolder = fileURLToPath(new URL("../../../emoji-model/model", import.meta.url));
const quick = { seed: 42, steps: 4, negativePrompt: "leaf" };

let test: TestPage;
let exported: string;
beforeAll(async () => {
  exported = await exportFolder();
  test = await openTestPage(fileURLToPath(new URL("page.ts", import.meta.url)), {
    // Where its address lies, seen from the page's code.
    folders: { "/model/": emojiFolder, "/fixtures/": fixture(), "/exported/": exported },
  });
});
afterAll(async () => {
  await test.close();
  removeFolder(exported);
  expect(test.errors).toEqual([]);
});

/** Peak signal-to-noise ratio of two 8-bit images, in decibels. */
function psnr(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  const squares = Array.from(expected, (value, i) => (value - actual[i]!) ** 2);
  return 10 * Math.log10(255 ** 2 / (squares.reduce((sum, square) => sum + square, 0) / squares.length));
}

it("makes the image that Node makes", async () => {
  const sd = await StableDiffusion.fromPretrained("emoji", { offline: true });
  const { images } = await sd.generate("a red apple", quick);
  await sd.dispose();
  const loaded = await test.page.evaluate(() => globalThis.sunstepPage.load("emoji", { device: "wasm" }));
  expect(loaded).toEqual({ architecture: "sd1", backend: expect.stringContaining("wasm") });
  const made = await test.page.evaluate(
    (options) => globalThis.sunstepPage.generate("a red apple", options),
    quick,
  );
  expect(made.evaluations).toBe(4);
  expect(psnr(made.data, images[0]!.data)).toBeGreaterThan(40);
  expect(made.parameters).toContain("Negative prompt: leaf");
});

it("decodes by the embedded model's tiny autoencoder as Node does", async () => {
  const options = { ...quick, decoder: "taesd" } as const;
  const sd = await StableDiffusion.fromPretrained("emoji", { offline: true });
  const { images } = await sd.generate("a red apple", options);
  await sd.dispose();
  const made = await test.page.evaluate(
    (given) => globalThis.sunstepPage.generate("a red apple", given),
    options,
  );
  expect(psnr(made.data, images[0]!.data)).toBeGreaterThan(40);
});

it("cancels, and goes on", async () => {
  const code = await test.page.evaluate(() => globalThis.sunstepPage.cancelled("a red apple"));
  expect(code).toBe("ABORTED");
  const { evaluations } = await test.page.evaluate(() =>
    globalThis.sunstepPage.generate("a red apple", { steps: 2 }),
  );
  expect(evaluations).toBe(2);
});

it("takes a checkpoint, a SUN adapter and a LoRA as Files", async () => {
  const folder = fixture("tiny-sd15");
  const json = (path: string) => JSON.parse(readFileSync(join(folder, path), "utf8")) as object;
  const config = {
    unet: json("unet/config.json"),
    textEncoder: json("text_encoder/config.json"),
    vae: json("vae/config.json"),
  };
  await test.page.evaluate(
    (config) =>
      globalThis.sunstepPage.load(
        { file: "/fixtures/tiny-sd15-single-file/tiny_sd15.fp16.safetensors" },
        { device: "wasm", config },
      ),
    config,
  );
  const small = { ...quick, width: 64, height: 64 };
  const generate = () =>
    test.page.evaluate((options) => globalThis.sunstepPage.generate("a cat", options), small);
  const plain = await generate();
  await test.page.evaluate(() =>
    globalThis.sunstepPage.loadSun("/fixtures/sun/tiny-sd15_addpos.safetensors"),
  );
  const sun = await generate();
  await test.page.evaluate(() => globalThis.sunstepPage.loadLora("/fixtures/lora/kohya.safetensors"));
  const inked = await generate();
  expect([plain.evaluations, sun.evaluations, inked.evaluations]).toEqual([8, 4, 4]);

  const sd = await StableDiffusion.fromPretrained(
    fixture("tiny-sd15-single-file/tiny_sd15.fp16.safetensors"),
    { offline: true, config, sun: fixture("sun/tiny-sd15_addpos.safetensors") },
  );
  await sd.loadLora(fixture("lora/kohya.safetensors"));
  const { images } = await sd.generate("a cat", small);
  await sd.dispose();
  expect(psnr(inked.data, images[0]!.data)).toBeGreaterThan(40);
  expect(inked.parameters).toContain("SUN: tiny-sd15_addpos");
});

it("takes a folder of ONNX graphs, whose weights lie beside them, as Files", async () => {
  const paths = readdirSync(exported, { recursive: true, encoding: "utf8" }).filter((path) =>
    /\./.test(path),
  );
  const small = { ...quick, steps: 2, width: 64, height: 64 };
  const loaded = await test.page.evaluate(
    (paths) => globalThis.sunstepPage.load({ folder: "/exported/", paths }, { device: "wasm" }),
    paths,
  );
  expect(loaded.architecture).toBe("sd1");
  const made = await test.page.evaluate(
    (options) => globalThis.sunstepPage.generate("a cat", options),
    small,
  );
  const sd = await StableDiffusion.fromPretrained(fixture("tiny-sd15"), { offline: true });
  const { images } = await sd.generate("a cat", small);
  await sd.dispose();
  expect(psnr(made.data, images[0]!.data)).toBeGreaterThan(40);
});
