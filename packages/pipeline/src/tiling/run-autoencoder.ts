import { type AutoencoderRun, type Outputs, recipeOf, runSession } from "./autoencoder-run.js";
import type { Planes } from "./planes.js";
import { runInTiles } from "./run-in-tiles.js";
import type { LatentArea, TilePlan } from "./tile-plan.js";

/** Runs a decoder or an encoder on one image: in tiles if there is a plan for them, whole otherwise. */
export async function runAutoencoder(
  input: Planes,
  {
    area,
    plan,
    ...context
  }: AutoencoderRun & { readonly area: LatentArea; readonly plan: TilePlan | undefined },
): Promise<Outputs> {
  if (plan) return runInTiles(input, { ...context, plan });
  const { network, sessions, run } = context;
  const session = await sessions.get(recipeOf(network, area), run);
  return runSession(session, input);
}
