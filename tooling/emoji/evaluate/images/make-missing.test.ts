import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RgbImage } from "@sunstep/image";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Prompt } from "../prompts/prompt.js";
import { ImageStore } from "./image-store.js";
import { type ImageMaker, makeMissing } from "./make-missing.js";
import { TEACHER } from "./sampler.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sunstep-evaluate-"));
});
afterEach(() => rm(folder, { recursive: true }));

const prompts: Prompt[] = Array.from({ length: 21 }, (_, seed) => ({ caption: "a", negative: "", seed }));

/** Paints each image in a grey level given by its seed; fails after `lives` batches. */
function painter(made: number[], lives = Number.POSITIVE_INFINITY): ImageMaker {
  let left = lives;
  return {
    identity: { model: "m" },
    make: async (batch) => {
      if (left-- <= 0) throw new Error("killed");
      made.push(...new Set(batch.map(({ seed }) => seed)));
      return batch.map(
        ({ seed }): RgbImage => ({
          width: 2,
          height: 2,
          channels: 3,
          data: new Uint8Array(12).fill(seed),
        }),
      );
    },
  };
}

it("makes each missing image once, on all makers, and keeps their order", async () => {
  const store = new ImageStore(folder);
  const made: number[] = [];
  const keys = await makeMissing([painter(made), painter(made)], store, TEACHER, prompts);
  expect(made.toSorted((a, b) => a - b)).toEqual(prompts.map(({ seed }) => seed));
  const images = await Promise.all(keys.map((key) => store.get(key)));
  expect(images.map(({ data }) => data[0])).toEqual(prompts.map(({ seed }) => seed));
  await makeMissing([painter(made, 0)], store, TEACHER, prompts);
  expect(made).toHaveLength(prompts.length);
});

it("continues after a killed run", async () => {
  const store = new ImageStore(folder);
  const before: number[] = [];
  await expect(makeMissing([painter(before, 2)], store, TEACHER, prompts)).rejects.toThrow("killed");
  const after: number[] = [];
  await makeMissing([painter(after)], store, TEACHER, prompts);
  expect([...before, ...after].toSorted((a, b) => a - b)).toEqual(prompts.map(({ seed }) => seed));
  expect(before).toHaveLength(16);
});
