import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@sunstep/testing";
import { expect, it } from "vitest";

it("runs the README's example", async () => {
  const { y } = await runReadmeExample(fileURLToPath(new URL("../README.md", import.meta.url)));
  expect(y).toEqual({ dtype: "float32", shape: [3], data: Float32Array.of(2, 4, 6) });
});
