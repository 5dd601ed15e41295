import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@sunstep/testing";
import { expect, test } from "vitest";

test("runs the README's example", async () => {
  const { summary } = await runReadmeExample(fileURLToPath(new URL("../README.md", import.meta.url)));
  expect(summary).toBe("StableDiffusionPipeline, 128x128");
});
