// torch.Generator("cpu"): the same numbers, in the same order, for the same seed. Sources of every rule:
// aten/src/ATen/CPUGeneratorImpl.cpp, aten/src/ATen/core/{DistributionsHelper,TransformationHelper}.h,
// aten/src/ATen/native/cpu/DistributionTemplates.h and aten/src/ATen/native/TensorFactories.cpp of PyTorch 2.

import { tensorError } from "./errors.js";
import { encodeFloat16 } from "./float16.js";
import { MersenneTwister } from "./mersenne-twister.js";
import { checkCount, seedBits } from "./seed.js";

/** From this range on torch draws 64 bits per integer: below, `x % range` on 32 bits is at most 5% uneven. */
const WIDE_RANGE = 2 ** 28;
/** Tensors from this size on are filled by blocks of 16, smaller ones value by value. */
const BLOCK = 16;

const { fround } = Math;
const TWO_PI_FLOAT32 = fround(2 * Math.PI);

export class TorchGenerator {
  readonly #engine: MersenneTwister;
  /** The second value of the last Box-Muller pair of a small draw; kept across draws, as in torch. */
  #cachedNormal: number | undefined;

  /**
   * As `torch.Generator("cpu").manual_seed(seed)`: an integer of [-2^63, 2^64); only its low 32 bits count (negative
   * seeds in two's complement). Integers above 2^53 must be a bigint. Throws `GENERATOR_SEED`.
   */
  constructor(seed: number | bigint) {
    this.#engine = new MersenneTwister(Number(seedBits(seed) & 0xffffffffn));
  }

  /** `torch.rand(count)`: float32 of [0, 1) with 24 random bits. */
  rand(count: number): Float32Array<ArrayBuffer> {
    return fill(new Float32Array(checkCount(count)), () => this.#uniform24());
  }

  /** `torch.rand(count, dtype=torch.float64)`: [0, 1) with 53 random bits. */
  randFloat64(count: number): Float64Array<ArrayBuffer> {
    return fill(new Float64Array(checkCount(count)), () => this.#uniform53());
  }

  /** `torch.randn(count)`, float32. */
  randn(count: number): Float32Array<ArrayBuffer> {
    const values = new Float32Array(checkCount(count));
    if (count < BLOCK) return fill(values, () => this.#normal());
    return fillBlocks(values, () => this.#uniform24(), boxMullerFloat32);
  }

  /** `torch.randn(count, dtype=torch.float64)`. */
  randnFloat64(count: number): Float64Array<ArrayBuffer> {
    const values = new Float64Array(checkCount(count));
    if (count < BLOCK) return fill(values, () => this.#normal());
    return fillBlocks(values, () => this.#uniform53(), boxMullerFloat64);
  }

  /**
   * `torch.randn(count, dtype=torch.float16)`, as float16 bits: float32 values, rounded. Unlike the other types,
   * torch makes them block by block, so no uniforms are spent on a ragged end before its 16 values are drawn.
   */
  randnFloat16(count: number): Uint16Array<ArrayBuffer> {
    const values = new Float32Array(checkCount(count));
    if (count < BLOCK) return encodeFloat16(fill(values, () => this.#normal()));
    const draw = () => this.#uniform24();
    fillBlocks(values.subarray(0, count - (count % BLOCK)), draw, boxMullerFloat32);
    if (count % BLOCK !== 0) fillBlocks(values.subarray(count - BLOCK), draw, boxMullerFloat32);
    return encodeFloat16(values);
  }

  /**
   * `torch.randint(low, high, [count])`: integers of [low, high). Throws `GENERATOR_RANGE` when `high <= low` or a
   * bound is beyond 2^53, where a JavaScript number no longer holds every integer.
   */
  randint(low: number, high: number, count: number): BigInt64Array<ArrayBuffer> {
    if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || high <= low) {
      throw tensorError("GENERATOR_RANGE", `randint from ${low} to ${high}: needs integers, low < high`, {
        low,
        high,
      });
    }
    const range = BigInt(high) - BigInt(low);
    const draw =
      range >= WIDE_RANGE ? () => this.#random64() % range : () => BigInt(this.#engine.next()) % range;
    const values = new BigInt64Array(checkCount(count));
    for (let i = 0; i < count; i++) values[i] = BigInt(low) + draw();
    return values;
  }

  /** `torch.randperm(count)`: a Fisher-Yates shuffle of 0 … count-1. */
  randperm(count: number): Int32Array<ArrayBuffer> {
    const values = Int32Array.from({ length: checkCount(count) }, (_, i) => i);
    for (let i = 0; i < count - 1; i++) {
      const j = i + (this.#engine.next() % (count - i));
      [values[i], values[j]] = [values[j]!, values[i]!];
    }
    return values;
  }

  #uniform24(): number {
    return (this.#engine.next() & 0xffffff) * 2 ** -24;
  }

  /** The low 53 bits of 64, of which the first draw is the high word. */
  #uniform53(): number {
    const high = this.#engine.next();
    return ((high & 0x1fffff) * 2 ** 32 + this.#engine.next()) * 2 ** -53;
  }

  #random64(): bigint {
    const high = this.#engine.next();
    return (BigInt(high) << 32n) | BigInt(this.#engine.next());
  }

  /** at::normal_distribution<double>: Box-Muller in float64, the sine kept for the next call. */
  #normal(): number {
    if (this.#cachedNormal !== undefined) {
      const value = this.#cachedNormal;
      this.#cachedNormal = undefined;
      return value;
    }
    const theta = 2 * Math.PI * this.#uniform53();
    const radius = Math.sqrt(-2 * Math.log1p(-this.#uniform53()));
    this.#cachedNormal = radius * Math.sin(theta);
    return radius * Math.cos(theta);
  }
}

type FloatArray = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

function fill<A extends FloatArray>(values: A, draw: () => number): A {
  for (let i = 0; i < values.length; i++) values[i] = draw();
  return values;
}

/**
 * normal_fill: uniforms everywhere, then each block of 16 is transformed in place. When the size is not a multiple
 * of 16, the last 16 values are drawn anew, also those that a full block had already made.
 */
function fillBlocks<A extends FloatArray>(
  values: A,
  draw: () => number,
  transform: (values: A, offset: number) => void,
): A {
  fill(values, draw);
  for (let i = 0; i + BLOCK <= values.length; i += BLOCK) transform(values, i);
  if (values.length % BLOCK !== 0) {
    const last = values.length - BLOCK;
    for (let i = last; i < values.length; i++) values[i] = draw();
    transform(values, last);
  }
  return values;
}

/** Every intermediate value is a float32, as in torch; its log, sin and cos are within an ulp of the true ones. */
function boxMullerFloat32(values: Float32Array, offset: number): void {
  for (let i = offset; i < offset + 8; i++) {
    const radius = fround(Math.sqrt(-2 * fround(Math.log(1 - values[i]!))));
    const theta = fround(TWO_PI_FLOAT32 * values[i + 8]!);
    values[i] = radius * fround(Math.cos(theta));
    values[i + 8] = radius * fround(Math.sin(theta));
  }
}

function boxMullerFloat64(values: Float64Array, offset: number): void {
  for (let i = offset; i < offset + 8; i++) {
    const radius = Math.sqrt(-2 * Math.log(1 - values[i]!));
    const theta = 2 * Math.PI * values[i + 8]!;
    values[i] = radius * Math.cos(theta);
    values[i + 8] = radius * Math.sin(theta);
  }
}
