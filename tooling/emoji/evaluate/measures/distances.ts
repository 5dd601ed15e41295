// Fréchet distances of sets of images, by the features of one network.
import type { NetworkName } from "../features/feature-network.js";
import { imageSpace } from "../features/image-space.js";
import type { ImageSet } from "../images/gallery.js";
import { bootstrap, type Estimate } from "../statistics/bootstrap.js";
import { frechetDistanceTo } from "../statistics/frechet.js";
import { gaussian } from "../statistics/gaussian.js";

export interface Distance {
  /** Fréchet distance; 100 is the reference's own variance. */
  readonly fd: Estimate;
  /** (ceiling - fd) / (ceiling - floor): 1 as near as the reference with other seeds, 0 as far as no guidance. */
  readonly closed: Estimate;
}

export type Sets = Readonly<Record<string, ImageSet>>;

/** Names of the two sets that the others are placed between. */
export interface Bounds {
  readonly floor: string;
  readonly ceiling: string;
}

/** Returns the distances of all sets, `floor` and `ceiling` among them. All intervals come from the same resamples of the prompts. */
export async function distancesBy(
  network: NetworkName,
  reference: ImageSet,
  sets: Sets,
  { floor, ceiling }: Bounds,
): Promise<Record<string, Distance>> {
  const features = await reference.features(network);
  const project = imageSpace(features, network);
  const referenceRows = features.map(project);
  const members: (readonly [string, readonly Float64Array[]])[] = [];
  for (const [name, set] of Object.entries(sets)) {
    members.push([name, (await set.features(network)).map(project)]);
  }
  const estimates = bootstrap(reference.size, (indices) => {
    const distance = frechetDistanceTo(gaussian(referenceRows, indices));
    const fds = new Map(members.map(([name, rows]) => [name, distance(gaussian(rows, indices))]));
    const top = fds.get(ceiling)!;
    const span = top - fds.get(floor)!;
    return Object.fromEntries(
      [...fds].flatMap(([name, fd]) => [
        [`${name} fd`, fd],
        [`${name} closed`, (top - fd) / span],
      ]),
    ) as Record<string, number>;
  });
  return Object.fromEntries(
    members.map(([name]) => [name, { fd: estimates[`${name} fd`]!, closed: estimates[`${name} closed`]! }]),
  );
}
