import type { GenerateOptions } from "@sunstep/pipeline";

const RANDOM_SEEDS = 2 ** 32;
/** The pipeline rejects larger numbers; no list is made for them. */
const MOST_IMAGES = 2 ** 16;

/**
 * Returns a seed for each image, counting up from the given seed or from a random one, so that every image can be made
 * again by itself. Invalid values are passed through; the pipeline validates them.
 */
export function seedPerImage(
  seed: GenerateOptions["seed"],
  images: number,
  random: () => number = Math.random,
): GenerateOptions["seed"] {
  if (typeof seed === "object" || !(Number.isInteger(images) && images > 0 && images <= MOST_IMAGES))
    return seed;
  const first = seed ?? Math.floor(random() * RANDOM_SEEDS);
  if (typeof first === "bigint") return Array.from({ length: images }, (_, i) => first + BigInt(i));
  return typeof first === "number" ? Array.from({ length: images }, (_, i) => first + i) : first;
}
