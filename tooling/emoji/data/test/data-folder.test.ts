import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSafetensors } from "@sunstep/testing";
import { afterAll, expect, it } from "vitest";
import { writeDataFolder } from "../src/data-folder.js";

const folder = await mkdtemp(join(tmpdir(), "emoji-data-"));
afterAll(() => rm(folder, { recursive: true }));

it("writes the latents in order, with a line of captions for each", async () => {
  const data = Float32Array.from({ length: 3 * 4 * 2 * 2 }, (_, i) => i / 8 - 2);
  const lines = [
    { concept: "red apple", captions: ["a red apple", "apple, “fruit”"], negatives: ["red"], weight: 1.25 },
    { concept: "piñata", captions: ["piñata"], negatives: [], weight: 0.5 },
    { concept: "owl", captions: ["owl"], negatives: ["bird"], weight: 1 },
  ];
  await writeDataFolder(join(folder, "new"), { shape: [3, 4, 2, 2], data }, lines);
  const {
    dtype,
    shape,
    data: read,
  } = readSafetensors(join(folder, "new/latents.safetensors")).get("latents")!;
  expect(dtype).toBe("F16");
  expect(shape).toEqual([3, 4, 2, 2]);
  expect(read).toEqual(data);
  const text = await readFile(join(folder, "new/captions.jsonl"), "utf8");
  expect(text.endsWith("\n")).toBe(true);
  expect(
    text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual(lines);
});
