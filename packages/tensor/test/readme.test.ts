import { fileURLToPath } from "node:url";
import { fixture, readSafetensors, runReadmeExample } from "@sunstep/testing";
import { expect, it } from "vitest";

it("runs the README's example", async () => {
  const example = await runReadmeExample(fileURLToPath(new URL("../README.md", import.meta.url)));
  const { latents, rounded } = example as { latents: { data: Float32Array }; rounded: Float32Array };
  const expected = readSafetensors(fixture("rng/torch_cpu.safetensors")).get("randn.42.1x4x8x8")!;
  expect(latents.data).toBeAllclose(expected.data as Float32Array, { atol: 1e-6 });
  expect(rounded).toBeAllclose(expected.data as Float32Array, { atol: 1e-6, rtol: 2 ** -11 });
});
