import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@sunstep/testing";
import { expect, it } from "vitest";

it("runs the README's example", async () => {
  const example = await runReadmeExample(fileURLToPath(new URL("../README.md", import.meta.url)));
  const { timesteps, result } = example as { timesteps: number[]; result: Float32Array };
  expect(timesteps).toEqual([999, 749, 500, 250]);
  expect(result.every(Number.isFinite)).toBe(true);
});
