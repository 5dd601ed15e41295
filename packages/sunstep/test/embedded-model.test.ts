import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { FileTree } from "@sunstep/checkpoint";
import { afterAll, expect, it, vi } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "sunstep-embedded-"));
afterAll(() => rmSync(folder, { recursive: true }));

// As a bundler does it that gives each file a name of its own, and leaves out one that it does not know of.
vi.doMock("@sunstep/emoji-model/files", async (importOriginal) => {
  const files = await importOriginal<typeof import("@sunstep/emoji-model/files")>();
  const moved = Object.entries(files.emojiModelFiles).map(([path, from], i) => {
    const to = join(folder, `asset-${i}${path.slice(path.lastIndexOf("."))}`);
    cpSync(from, to);
    return [path, pathToFileURL(to)] as const;
  });
  const absent = { "config.json": pathToFileURL(join(folder, "absent.json")) };
  return { ...files, emojiModelFiles: Object.fromEntries(moved), emojiTinyAutoencoderFiles: absent };
});
const { findEmbedded } = await import("../src/node/builtin-emoji.js");
const { StableDiffusion } = await import("../src/node/stable-diffusion.js");

it("opens the embedded model from wherever a bundler has put its files", async () => {
  const sd = await StableDiffusion.fromPretrained();
  const { images } = await sd.generate("a red apple", { seed: 42 });
  expect(images).toHaveLength(1);
  expect(sd.sun).toBe("sun_adapter");
  await sd.dispose();
});

it("names the file of the embedded model that a bundler has left out", () => {
  expect(() => findEmbedded("emoji-taesd")).toThrow(
    expect.objectContaining({
      code: "EMBEDDED_MODEL_MISSING",
      message: expect.stringMatching(/absent\.json is not there: .*so that its config\.json is that file/),
    }),
  );
});

it("has one component where one is asked for", async () => {
  const tree = findEmbedded("emoji", "vae")!.files as FileTree;
  expect(await tree.list()).toEqual(["config.json", "diffusion_pytorch_model.safetensors"]);
  expect((await tree.open("config.json"))?.size).toBeGreaterThan(100);
});

it("knows no other names", () => {
  expect(findEmbedded("sd15")).toBeUndefined();
});
