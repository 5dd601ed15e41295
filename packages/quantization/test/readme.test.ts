import { fileURLToPath } from "node:url";
import { fixture, runReadmeExample } from "@sunstep/testing";
import { expect, it } from "vitest";

it("runs the README's example, which quantises a U-Net", async () => {
  const { operators, onnx } = await runReadmeExample(
    fileURLToPath(new URL("../README.md", import.meta.url)),
    { replace: { "./stable-diffusion-v1-5": fixture("tiny-sd15") } },
  );
  expect(operators).toContain("DynamicQuantizeMatMul");
  expect((onnx as Uint8Array).byteLength).toBeGreaterThan(10_000);
});
