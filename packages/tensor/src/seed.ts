import { tensorError } from "./errors.js";

const SEED_RANGE = [-(2n ** 63n), 2n ** 64n - 1n] as const;

/**
 * A seed as torch's manual_seed takes it, as 64 bits (negative ones in two's complement). Integers above 2^53 must be
 * a bigint. Throws `GENERATOR_SEED`.
 */
export function seedBits(seed: number | bigint): bigint {
  const valid =
    typeof seed === "bigint" ? seed >= SEED_RANGE[0] && seed <= SEED_RANGE[1] : Number.isSafeInteger(seed);
  if (!valid) {
    throw tensorError(
      "GENERATOR_SEED",
      `seed ${seed} is not an integer from -2^63 to 2^64-1 (above 2^53, give a bigint)`,
      { seed },
    );
  }
  return BigInt.asUintN(64, BigInt(seed));
}

/** Checks the count of a draw. Throws `GENERATOR_RANGE`. */
export function checkCount(count: number): number {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw tensorError("GENERATOR_RANGE", `cannot draw ${count} numbers: the count is an integer >= 0`, {
      count,
    });
  }
  return count;
}
