import type { ImageSet } from "../images/gallery.js";
import { bootstrap, type Estimate, meanOf } from "../statistics/bootstrap.js";
import { type Bounds, type Distance, distancesBy, type Sets } from "./distances.js";
import { cosine, structuralSimilarity } from "./similarity.js";

/** Distances of a set from the reference, by ImageNet's network. */
export interface SetDistance extends Distance {
  /** Means over images of the same prompt and seed. */
  readonly ssim: Estimate;
  readonly cosine: Estimate;
}

/** Compares all sets, floor and ceiling among them. */
export async function compareSets(
  reference: ImageSet,
  sets: Sets,
  bounds: Bounds,
): Promise<Record<string, SetDistance>> {
  const distances = await distancesBy("ImageNet", reference, sets, bounds);
  const found: [string, SetDistance][] = [];
  for (const [name, set] of Object.entries(sets)) {
    found.push([name, { ...distances[name]!, ...(await similarities(reference, set)) }]);
  }
  return Object.fromEntries(found);
}

async function similarities(
  reference: ImageSet,
  set: ImageSet,
): Promise<Pick<SetDistance, "ssim" | "cosine">> {
  const features = await reference.features("ImageNet");
  const cosines = (await set.features("ImageNet")).map((row, i) => cosine(row, features[i]!));
  const ssims: number[] = [];
  for (let i = 0; i < reference.size; i++) {
    ssims.push(structuralSimilarity(await reference.image(i), await set.image(i)));
  }
  return bootstrap(reference.size, (indices) => ({
    ssim: meanOf(ssims, indices),
    cosine: meanOf(cosines, indices),
  }));
}
