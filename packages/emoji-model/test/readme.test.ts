import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@sunstep/testing";
import { expect, test } from "vitest";

test("the README's example runs", async () => {
  const { summary } = await runReadmeExample(fileURLToPath(new URL("../README.md", import.meta.url)));
  expect(summary).toBe("StableDiffusionPipeline, 128x128");
});
