// Compares sets by two networks and two protocols, and by the drift of their colours.
import { NETWORKS, type NetworkName } from "../features/feature-network.js";
import type { ImageSet } from "../images/gallery.js";
import type { Prompt } from "../prompts/prompt.js";
import { type ColourDrift, colourDrifts } from "./colour-drift.js";
import { type Bounds, type Distance, distancesBy, type Sets } from "./distances.js";

export type DistanceByNetwork = Readonly<Record<NetworkName, Distance>>;

export interface StrictDistance {
  /** To a reference of other seeds: the set, floor and ceiling share no noise with it. */
  readonly unpaired: DistanceByNetwork;
  /** To a reference of the same seeds; the floor alone has others. */
  readonly paired: DistanceByNetwork;
  readonly drift: ColourDrift;
}

/** Compares sets with the reference of the same seeds. The floor is the reference with other seeds. */
export async function compareStrictly(
  { reference, sets, prompts }: { reference: ImageSet; sets: Sets; prompts: readonly Prompt[] },
  bounds: Bounds,
): Promise<Record<string, StrictDistance>> {
  const { floor } = bounds;
  const paired = await byNetworks(reference, sets, bounds);
  // The reference and the floor change places, so that nothing is measured against its own noise.
  const unpaired = await byNetworks(sets[floor]!, { ...sets, [floor]: reference }, bounds);
  const drifts = await colourDrifts(reference, sets, prompts);
  return Object.fromEntries(
    Object.keys(sets).map((name) => [
      name,
      { unpaired: unpaired[name]!, paired: paired[name]!, drift: drifts[name]! },
    ]),
  );
}

async function byNetworks(
  reference: ImageSet,
  sets: Sets,
  bounds: Bounds,
): Promise<Record<string, DistanceByNetwork>> {
  const found: (readonly [NetworkName, Record<string, Distance>])[] = [];
  for (const network of NETWORKS) {
    found.push([network, await distancesBy(network, reference, sets, bounds)]);
  }
  return Object.fromEntries(
    Object.keys(sets).map((name) => [
      name,
      Object.fromEntries(found.map(([network, all]) => [network, all[name]!])) as DistanceByNetwork,
    ]),
  );
}
