// torch.Generator("cuda"): Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"), one
// counter per element, and the first value of its Box-Muller pair, as cuRAND's curand_normal4 gives it
// (aten/src/ATen/native/cuda/DistributionTemplates.h). What AUTOMATIC1111 calls the "NV" source on a CPU.

import { tensorError } from "./errors.js";
import { checkCount, seedBits } from "./seed.js";

const MULTIPLIERS = [0xd2511f53, 0xcd9e8d57] as const;
const KEY_INCREMENTS = [0x9e3779b9, 0xbb67ae85] as const;
const ROUNDS = 10;

const { fround } = Math;
/** curand_kernel.h: CURAND_2POW32_INV and CURAND_2POW32_INV_2PI, float32. */
const UNIT = fround(2.3283064e-10);
const TURN = fround(2.3283064e-10 * 6.2831855);

/**
 * Normal random numbers as torch draws them on a GPU, on any device.
 *
 * They are equal as long as a draw fits one pass over the GPU's threads: latents of a few images do. Very large draws
 * (more elements than the GPU runs threads at once) are laid out by the GPU's size, and differ.
 */
export class PhiloxGenerator {
  readonly #key: readonly [number, number];
  #offset: number;

  /** As `torch.Generator("cuda").manual_seed(seed)`, after `offset` draws. Throws `GENERATOR_SEED`, `GENERATOR_RANGE`. */
  constructor(seed: number | bigint, offset = 0) {
    if (!Number.isInteger(offset) || offset < 0 || offset > 0xffffffff) {
      throw tensorError("GENERATOR_RANGE", `offset ${offset} must be an integer from 0 to 2^32-1`, {
        offset,
      });
    }
    const bits = seedBits(seed);
    this.#key = [Number(bits & 0xffffffffn), Number(bits >> 32n)];
    this.#offset = offset;
  }

  /** `torch.randn(count, device="cuda")`, float32. */
  randn(count: number): Float32Array<ArrayBuffer> {
    const values = new Float32Array(checkCount(count));
    for (let i = 0; i < count; i++) {
      const [first, second] = philox4x32(this.#offset, 0, i, 0, this.#key);
      const uniform = first * UNIT + UNIT / 2;
      const angle = second * TURN + TURN / 2;
      values[i] = Math.sqrt(-2 * Math.log(uniform)) * Math.sin(angle);
    }
    this.#offset++;
    return values;
  }
}

/** Ten rounds over one counter: four 32-bit words. */
export function philox4x32(
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  key: readonly [number, number],
): [number, number, number, number] {
  let [k0, k1] = key;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(c0, MULTIPLIERS[0]);
    const low0 = Math.imul(c0, MULTIPLIERS[0]);
    const high1 = multiplyHigh(c2, MULTIPLIERS[1]);
    const low1 = Math.imul(c2, MULTIPLIERS[1]);
    [c0, c1, c2, c3] = [high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0];
    k0 = (k0 + KEY_INCREMENTS[0]) >>> 0;
    k1 = (k1 + KEY_INCREMENTS[1]) >>> 0;
  }
  return [c0 >>> 0, c1 >>> 0, c2 >>> 0, c3 >>> 0];
}

/** The upper 32 bits of a 64-bit product, by halves: doubles hold 53 bits. */
function multiplyHigh(a: number, b: number): number {
  const [aHigh, aLow] = [a >>> 16, a & 0xffff];
  const [bHigh, bLow] = [b >>> 16, b & 0xffff];
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const cross = aLow * bHigh + (middle % 0x10000);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000)) | 0;
}
