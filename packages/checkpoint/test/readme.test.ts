import { fileURLToPath } from "node:url";
import type { Tensor } from "@sunstep/tensor";
import { fixture, runReadmeExample } from "@sunstep/testing";
import { expect, it } from "vitest";

it("runs the README's example", async () => {
  const example = await runReadmeExample(fileURLToPath(new URL("../README.md", import.meta.url)), {
    replace: {
      "./stable-diffusion-v1-5": fixture("tiny-sd15"),
      "./v1-5-pruned-emaonly.safetensors": fixture("tiny-sd15-single-file/tiny_sd15.fp16.safetensors"),
    },
  });
  const [folder, single] = example.values as readonly Tensor[];
  expect(folder).toEqual(single);
  expect(folder!.shape).toEqual([16, 4, 3, 3]);
});
