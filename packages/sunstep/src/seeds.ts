import type { GenerateOptions } from "@sunstep/pipeline";

const RANDOM_SEEDS = 2 ** 32;
/** The pipeline rejects larger numbers; no list is made for them. */
const MOST_IMAGES = 2 ** 16;

/**
 * Returns a seed for each image, counting up from the given seed or from a random one (-1 or none), so that every image can
 * be made again by itself. Invalid values are passed through; the pipeline validates them.
 */
export function seedPerImage(
  seed: GenerateOptions["seed"],
  images: number,
  random: () => number = Math.random,
): GenerateOptions["seed"] {
  const isCount = Number.isInteger(images) && images > 0 && images <= MOST_IMAGES;
  if (!isCount || (typeof seed !== "number" && typeof seed !== "bigint" && seed !== undefined)) return seed;
  const isRandom = seed === undefined || seed === -1 || seed === -1n;
  const first = isRandom ? Math.floor(random() * RANDOM_SEEDS) : seed;
  return Array.from({ length: images }, (_, i) =>
    typeof first === "bigint" ? first + BigInt(i) : first + i,
  );
}
