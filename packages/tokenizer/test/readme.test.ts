import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@sunstep/testing";
import { expect, it } from "vitest";
import type { PromptChunk } from "../src/index.js";

it("runs the README's example", async () => {
  const { ids, truncated, chunks } = await runReadmeExample(
    fileURLToPath(new URL("../README.md", import.meta.url)),
  );
  expect((ids as number[]).slice(0, 7)).toEqual([49406, 320, 1125, 539, 320, 2368, 49407]);
  expect(truncated).toBe("");
  expect((chunks as PromptChunk[]).map(({ weights }) => weights.slice(0, 5))).toEqual([
    [1, 1, 1.3, 1, 1],
    [1, 1, 1, 1, 1],
  ]);
});
