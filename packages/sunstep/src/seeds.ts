import type { GenerateOptions } from "@sunstep/pipeline";

const RANDOM_SEEDS = 2 ** 32;
// More is refused by the pipeline; no list is made for it first.
const MOST_IMAGES = 2 ** 16;

/**
 * A seed for each picture: one that is given counts up, so that every picture can be made again by itself; none is a
 * random one. What cannot be right is left for the pipeline to refuse.
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
