import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@sunstep/testing";
import { expect, it } from "vitest";

it("runs the README's example", async () => {
  const example = await runReadmeExample(fileURLToPath(new URL("../README.md", import.meta.url)));
  expect({ ...example }).toEqual({
    code: "INPUT_SHAPE",
    message: "unet: input sample (float32 [1, 4, 64, 64]) was given as [4]",
  });
});
