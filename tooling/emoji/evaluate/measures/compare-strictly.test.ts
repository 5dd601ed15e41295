import { TorchGenerator } from "@sunstep/tensor";
import { expect, it } from "vitest";
import { BLOCK_SIZES, NETWORKS, type NetworkName } from "../features/feature-network.js";
import type { ImageSet } from "../images/gallery.js";
import { compareStrictly } from "./compare-strictly.js";

const SIZE = 8;
const image = { width: 1, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3) } as const;

/** A set of noise about a mean. */
function set(seed: number, mean: number): ImageSet {
  const width = (network: NetworkName) => BLOCK_SIZES[network].reduce((sum, size) => sum + size);
  const rows = (network: NetworkName) => {
    const random = new TorchGenerator(seed);
    return Array.from({ length: SIZE }, () => random.randn(width(network)).map((value) => value + mean));
  };
  return { size: SIZE, features: async (network) => rows(network), image: async () => image };
}

it("gives a copy of the paired reference more than all of the gap, and all of it against other noise", async () => {
  const reference = set(1, 0);
  const sets = { floor: set(2, 0), ceiling: set(3, 1), copy: reference };
  const prompts = Array.from({ length: SIZE }, (_, i) => ({
    caption: "",
    negative: i % 2 ? "red" : "",
    seed: i,
  }));
  const found = await compareStrictly({ reference, sets, prompts }, { floor: "floor", ceiling: "ceiling" });
  for (const network of NETWORKS) {
    expect(found.copy!.paired[network].fd.value).toBeCloseTo(0, 6);
    expect(found.copy!.paired[network].closed.value).toBeGreaterThan(1.01);
    expect(found.copy!.unpaired[network].closed.value).toBeCloseTo(1, 10);
    expect(found.ceiling!.unpaired[network].closed.value).toBe(0);
  }
});
