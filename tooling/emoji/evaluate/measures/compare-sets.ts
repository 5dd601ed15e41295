import type { RgbImage } from "@sunstep/image";
import { imageSpace } from "../features/image-space.js";
import type { ImageSet } from "../images/gallery.js";
import { bootstrap, type Estimate } from "../statistics/bootstrap.js";
import { frechetDistanceTo } from "../statistics/frechet.js";
import { gaussian } from "../statistics/gaussian.js";
import { cosine, structuralSimilarity } from "./similarity.js";

/** Distances of a set from the reference. */
export interface SetDistance {
  /** Fréchet distance; 100 is the reference's own variance. */
  readonly fd: Estimate;
  /** (ceiling - fd) / (ceiling - floor): 1 as near as the reference with other seeds, 0 as far as no guidance. */
  readonly closed: Estimate;
  /** Means over images of the same prompt and seed. */
  readonly ssim: Estimate;
  readonly cosine: Estimate;
}

/** Compares all sets, `floor` and `ceiling` among them. All intervals come from the same resamples of the prompts. */
export async function compareSets(
  reference: ImageSet,
  sets: Readonly<Record<string, ImageSet>>,
  { floor, ceiling }: { readonly floor: string; readonly ceiling: string },
): Promise<Record<string, SetDistance>> {
  const count = reference.features.length;
  const project = imageSpace(reference.features);
  const referenceRows = reference.features.map(project);
  const images = await Promise.all(reference.features.map((_, index) => reference.image(index)));
  const members = await Promise.all(
    Object.entries(sets).map(async ([name, set]) => ({
      name,
      rows: set.features.map(project),
      cosines: set.features.map((features, i) => cosine(features, reference.features[i]!)),
      ssims: await similarities(images, set),
    })),
  );
  const estimates = bootstrap(count, (indices) => {
    const distance = frechetDistanceTo(gaussian(referenceRows, indices));
    const fds = new Map(members.map(({ name, rows }) => [name, distance(gaussian(rows, indices))]));
    const top = fds.get(ceiling)!;
    const span = top - fds.get(floor)!;
    const values: Record<string, number> = {};
    for (const { name, cosines, ssims } of members) {
      values[`${name} fd`] = fds.get(name)!;
      values[`${name} closed`] = (top - fds.get(name)!) / span;
      values[`${name} ssim`] = meanOf(ssims, indices);
      values[`${name} cosine`] = meanOf(cosines, indices);
    }
    return values;
  });
  const estimate = (name: string, what: string) => estimates[`${name} ${what}`]!;
  return Object.fromEntries(
    members.map(({ name }) => [
      name,
      {
        fd: estimate(name, "fd"),
        closed: estimate(name, "closed"),
        ssim: estimate(name, "ssim"),
        cosine: estimate(name, "cosine"),
      },
    ]),
  );
}

async function similarities(images: readonly RgbImage[], set: ImageSet): Promise<number[]> {
  const values: number[] = [];
  for (const [index, image] of images.entries()) {
    values.push(structuralSimilarity(image, await set.image(index)));
  }
  return values;
}

const meanOf = (values: readonly number[], indices: readonly number[]): number =>
  indices.reduce((sum, index) => sum + values[index]!, 0) / indices.length;
