import { fileURLToPath } from "node:url";
import type { Model } from "@sunstep/onnx-graph";
import { fixture, runReadmeExample } from "@sunstep/testing";
import { expect, it } from "vitest";

it("runs the README's example, which merges a LoRA into a U-Net", async () => {
  const { merged, warnings } = await runReadmeExample(
    fileURLToPath(new URL("../README.md", import.meta.url)),
    {
      replace: {
        "./stable-diffusion-v1-5": fixture("tiny-sd15"),
        "./pixel-art.safetensors": fixture("lora/kohya.safetensors"),
      },
    },
  );
  expect(warnings).toEqual([]);
  const { graph } = merged as Model;
  expect(graph.nodes.some((node) => node.name.includes("mid_block.attentions.0.proj_in.lora/"))).toBe(true);
});
