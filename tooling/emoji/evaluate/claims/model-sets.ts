// The sets of images of one model, one per compared sampler and adapter.

import type { ImageSet } from "../images/gallery.js";
import { guided, type Sampler, sun, TEACHER, unguided, withTinyDecoder } from "../images/sampler.js";
import type { StudioFiles } from "../images/studio.js";
import type { Adapters } from "../options.js";
import type { Prompt } from "../prompts/prompt.js";
import { promptList } from "../prompts/prompt-list.js";
import { type Context, withStudios } from "./context.js";

/** The default sampler of SUN's images. */
export const SUN_SCHEDULER: Sampler["scheduler"] = "dpm++2m";

/** Other noise for the same prompts. */
const OTHER_SEEDS = 10_000;
const STEPS = [1, 2, 4, 8] as const;

/** The sampler and adapter of a set. */
interface Recipe {
  readonly sampler: Sampler;
  readonly adapter?: keyof Adapters;
  readonly change?: (prompt: Prompt) => Prompt;
}

type Recipes = Readonly<Record<string, Recipe>>;

export const SUN = "SUN 4";
export const TINY = "SUN 4, tiny autoencoder";
export const FLOOR = "25 guided, other seeds";
export const CEILING = "4 unguided";
export const GUIDED = "4 guided DPM-Solver++";

const unchanged = (prompt: Prompt): Prompt => prompt;
const otherSeeds = (prompt: Prompt): Prompt => ({ ...prompt, seed: prompt.seed + OTHER_SEEDS });
/** An LCM ignores negative prompts. */
const withoutNegative = (prompt: Prompt): Prompt => ({ ...prompt, negative: "" });

const bySteps = (ending: string, adapter: keyof Adapters): Recipes =>
  Object.fromEntries(
    STEPS.map((steps) => [`SUN ${steps}${ending}`, { sampler: sun(SUN_SCHEDULER, steps), adapter }]),
  );

/** The sets compared on the base model. */
export const ALL: Recipes = {
  [FLOOR]: { sampler: TEACHER, change: otherSeeds },
  [CEILING]: { sampler: unguided(4) },
  "2 guided DPM-Solver++": { sampler: guided("dpm++2m", 2) },
  "2 guided DDIM": { sampler: guided("ddim", 2) },
  [GUIDED]: { sampler: guided("dpm++2m", 4) },
  "4 guided DDIM": { sampler: guided("ddim", 4) },
  ...bySteps("", "sun"),
  [TINY]: { sampler: withTinyDecoder(sun(SUN_SCHEDULER, 4)), adapter: "sun" },
  "SUN 4 DDIM": { sampler: sun("ddim", 4), adapter: "sun" },
  ...bySteps(" with MSC", "withMsc"),
  ...bySteps(" without MSC", "withoutMsc"),
  "LCM 4": { sampler: sun("dpm++2m", 4), adapter: "lcm", change: withoutNegative },
  "LCM 4 DDIM": { sampler: sun("ddim", 4), adapter: "lcm", change: withoutNegative },
};

/** The sets that measure the closed gap and the drift of colours on a fine-tune. */
export const ESSENTIAL: Recipes = Object.fromEntries(
  [FLOOR, CEILING, GUIDED, SUN].map((name) => [name, ALL[name]!]),
);

export interface ModelSets {
  /** 25 guided steps, the reference of all comparisons. */
  readonly reference: ImageSet;
  readonly sets: Readonly<Record<string, ImageSet>>;
  readonly prompts: readonly Prompt[];
}

/** Makes one model's sets, except those of missing adapters. */
export async function modelSets(
  context: Context,
  name: string,
  model: Pick<StudioFiles, "model" | "tinyAutoencoder">,
  adapters: Adapters,
  recipes: Recipes,
): Promise<ModelSets> {
  const prompts = promptList(context.prompts);
  const made = new Map<string, ImageSet>();
  const make = (kind: keyof Adapters | undefined, adapter?: string) =>
    withStudios(context, { ...model, ...(adapter !== undefined && { adapter }) }, async (studios) => {
      const chosen = Object.entries(recipes).filter(
        ([, { adapter, sampler }]) =>
          adapter === kind && (!sampler.tinyDecoder || model.tinyAutoencoder !== undefined),
      );
      for (const [set, { sampler, change = unchanged }] of chosen) {
        made.set(
          set,
          await context.gallery.collect(`${name}, ${set}`, studios, sampler, prompts.map(change)),
        );
      }
      return context.gallery.collect(`${name}, 25 guided`, studios, TEACHER, prompts);
    });
  const reference = await make(undefined);
  for (const kind of Object.keys(adapters) as (keyof Adapters)[]) {
    const isUsed = Object.values(recipes).some((recipe) => recipe.adapter === kind);
    if (isUsed) await make(kind, adapters[kind]);
  }
  const inOrder = Object.keys(recipes).flatMap((set) =>
    made.has(set) ? [[set, made.get(set)!] as const] : [],
  );
  return { reference, sets: Object.fromEntries(inOrder), prompts };
}

/** Returns the network evaluations per image of a set. */
export function evaluationsOf(set: string): number {
  const { steps, guidanceScale } = ALL[set]!.sampler;
  return steps * (guidanceScale > 1 ? 2 : 1);
}
