import type { Model } from "@sunstep/onnx-graph";
import type { Session } from "@sunstep/runtime";
import type { Run } from "../run.js";
import type { NetworkRecipe, SessionCache } from "../sessions/session-cache.js";
import { type Planes, toPlanes, toTensor } from "./planes.js";
import type { AutoencoderNetwork, LatentArea } from "./tile-plan.js";

/** A network's outputs, by name. */
export type Outputs = Readonly<Record<string, Planes>>;

/** The network of a run, and what it runs with. */
export interface AutoencoderRun {
  readonly network: AutoencoderNetwork;
  readonly sessions: SessionCache;
  readonly run: Run;
}

/** Runs a session that has one input. */
export async function runSession(session: Session, input: Planes): Promise<Outputs> {
  const results = await session.run({ [session.inputs[0]!.name]: toTensor(input) });
  return Object.fromEntries(Object.entries(results).map(([name, result]) => [name, toPlanes(result)]));
}

/** A part of a network: its name and its place, which tell its session from others, and how it is taken. */
export interface NetworkPart {
  readonly key: object;
  readonly take: (model: Model) => Model;
}

/** The recipe of a network for an area of latents, or of a part of it. */
export function recipeOf(
  { network, precision, build }: AutoencoderNetwork,
  area: LatentArea,
  part?: NetworkPart,
): NetworkRecipe<object> {
  return {
    network,
    ...(precision && { precision }),
    settings: { ...area, ...part?.key },
    build: () => (part ? part.take(build(area)) : build(area)),
  };
}
