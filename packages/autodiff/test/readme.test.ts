import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@sunstep/testing";
import { expect, it } from "vitest";

it("runs the README's example, which fits a line", async () => {
  const { slope, offset } = await runReadmeExample(fileURLToPath(new URL("../README.md", import.meta.url)));
  expect([slope, offset]).toBeAllclose([2, 1], { atol: 0.01 });
});
