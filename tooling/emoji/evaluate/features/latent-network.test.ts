import type { RgbImage } from "@sunstep/image";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { tensor } from "@sunstep/tensor";
import { afterAll, expect, it } from "vitest";
import { cosine } from "../measures/similarity.js";
import { BLOCK_SIZES } from "./feature-network.js";
import { LatentNetwork, latentGraph, openLatentWeights } from "./latent-network.js";

const runtime = await createNodeRuntime({ threads: 1 });
afterAll(() => runtime.dispose());

const plain = (rgb: readonly [number, number, number]): RgbImage => ({
  width: 128,
  height: 128,
  channels: 3,
  data: Uint8Array.from({ length: 3 * 128 * 128 }, (_, i) => rgb[i % 3]!),
});

it("computes as torch does", async () => {
  const session = await runtime.load(latentGraph(await openLatentWeights()));
  const latents = Float32Array.from({ length: 4 * 16 * 16 }, (_, i) => Math.sin(0.37 * i));
  const outputs = await session.run({ latents: tensor(latents, [1, 4, 16, 16]) });
  // torch.nn.functional.conv2d of the same weights
  const expected = {
    "tap.3": [0.08217, 0.050258, 0.19229, 0.32964],
    "tap.4": [1.176605, 1.33459, 1.22902, 0.778721],
  };
  for (const [tap, values] of Object.entries(expected)) {
    const data = outputs[tap]!.data as Float32Array;
    for (const [i, value] of values.entries()) expect(data[i]).toBeCloseTo(value, 4);
  }
});

it("places a ground nearer to one of its own hue than to another's", async () => {
  const network = await LatentNetwork.load(runtime);
  const [red, darkRed, blue] = await Promise.all(
    (
      [
        [221, 46, 68],
        [200, 40, 60],
        [59, 136, 195],
      ] as const
    ).map((rgb) => network.features(plain(rgb))),
  );
  expect(red).toHaveLength(BLOCK_SIZES.latents.reduce((sum, size) => sum + size));
  expect(cosine(red!, darkRed!)).toBeGreaterThan(cosine(red!, blue!));
});
