import { join } from "node:path";
import { allclose, type KindChecker, readSafetensors } from "@sunstep/testing";
import { PhiloxGenerator } from "../src/index.js";

/** Latents are drawn as [1, 4, 64, 64]; the file keeps the corner [1, 4, 2, 8]. */
const LATENTS = { channels: 4, size: 64, rows: 2, columns: 8 };

/** Draws of torch's GPU generator: `philox.SEED.nCOUNT.offsetOFFSET` and `philox.SEED.latents_1x4x64x64`. */
export const kind: KindChecker = {
  kind: "rng-philox",
  async check(testCase, dir) {
    const { tensors, atol } = testCase as { tensors: string; atol: number };
    for (const [name, { data }] of readSafetensors(join(dir, tensors))) {
      const { pass, message } = allclose(draw(name), data, { atol });
      if (!pass) throw new Error(`${name}: ${message}`);
    }
  },
};

function draw(name: string): Float32Array {
  const [, seed, what] = /^philox\.(-?\d+)\.(.+)$/.exec(name) ?? [];
  if (seed === undefined || what === undefined) throw new Error(`${name} is not the name of a draw`);
  const [, count, offset] = /^n(\d+)\.offset(\d+)$/.exec(what) ?? [];
  if (count !== undefined) return new PhiloxGenerator(BigInt(seed), Number(offset)).randn(Number(count));
  const { channels, size, rows, columns } = LATENTS;
  const latents = new PhiloxGenerator(BigInt(seed)).randn(channels * size * size);
  return latents.filter((_, i) => i % size < columns && Math.floor(i / size) % size < rows);
}
