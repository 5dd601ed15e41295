import type { RgbImage } from "@sunstep/image";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { expect, it } from "vitest";
import { cosine } from "../measures/similarity.js";
import { BLOCK_SIZES } from "./feature-network.js";
import { MobileNet } from "./mobilenet.js";

/** A disc or a square on white. */
function image(
  isInside: (x: number, y: number) => boolean,
  [r, g, b]: readonly [number, number, number],
): RgbImage {
  const data = new Uint8Array(128 * 128 * 3).fill(255);
  for (let y = 0; y < 128; y++) {
    for (let x = 0; x < 128; x++) if (isInside(x - 64, y - 64)) data.set([r, g, b], 3 * (128 * y + x));
  }
  return { width: 128, height: 128, channels: 3, data };
}

it("places a shape moved by a pixel nearer than another shape or colour", async () => {
  const runtime = await createNodeRuntime({ threads: 1 });
  const network = await MobileNet.load(runtime);
  const disc = (shift: number) => (x: number, y: number) => (x - shift) ** 2 + y ** 2 < 1600;
  const square = (x: number, y: number) => Math.max(Math.abs(x), Math.abs(y)) < 36;
  const red = [221, 46, 68] as const;
  const reference = await network.features(image(disc(0), red));
  expect(reference).toHaveLength(BLOCK_SIZES.ImageNet.reduce((sum, size) => sum + size));
  const similarity = async (image: RgbImage) => cosine(reference, await network.features(image));
  const moved = await similarity(image(disc(1), red));
  expect(moved).toBeGreaterThan(0.99);
  expect(moved).toBeGreaterThan(await similarity(image(square, red)));
  expect(moved).toBeGreaterThan(await similarity(image(disc(0), [59, 136, 195])));
  await runtime.dispose();
});
