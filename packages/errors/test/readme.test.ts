import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@sunstep/testing";
import { expect, it } from "vitest";

it("runs the README's example", async () => {
  const example = await runReadmeExample(fileURLToPath(new URL("../README.md", import.meta.url)));
  expect({ ...example }).toEqual({
    recognised: true,
    code: "FILE_TRUNCATED",
    details: { file: "model.safetensors", expectedBytes: 4096 },
  });
});
