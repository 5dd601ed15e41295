// Results of an evaluation. `docs/results.json` holds those of the full run, from which the tables are made.
import type { Speed } from "../claims/speed.js";
import type { StyleLora } from "../claims/style-lora.js";
import type { TinyAutoencoder } from "../claims/tiny-autoencoder.js";
import type { SetDistance } from "../measures/compare-sets.js";
import type { Estimate } from "../statistics/bootstrap.js";

/** Distances of one model's sets to its own 25 guided steps, by the set's name. */
export type SetDistances = Readonly<Record<string, SetDistance>>;

export interface Details {
  readonly machine: string;
  readonly command: string;
  readonly features?: string;
  /** Missing measurements, with their reasons. */
  readonly leftOut: readonly string[];
  /** By model: "base", then the fine-tunes. */
  readonly models: Readonly<Record<string, SetDistances>>;
  readonly speed?: Speed;
  readonly tinyAutoencoder?: TinyAutoencoder;
  readonly lora?: StyleLora;
}

/** The summary that `--json` prints; missing measurements are left out. */
export interface Summary {
  readonly prompts: number;
  readonly fewSteps?: { readonly closed: number; readonly ci: Estimate["ci"] };
  readonly speed?: { readonly ratio: number; readonly sunOverPlain: number };
  readonly plugIn: Readonly<Record<string, { readonly closed: number }>>;
  /** Fréchet distance by number of steps, of two adapters trained alike but for the loss. */
  readonly msc: {
    readonly with: Readonly<Record<string, number>>;
    readonly without: Readonly<Record<string, number>>;
  };
  /** Every measured set, such as "base, SUN 4". */
  readonly fd: Readonly<Record<string, number>>;
}

export interface Results extends Summary {
  readonly details: Details;
}

export function summarise(prompts: number, { models, speed }: Details): Summary {
  const { base = {}, ...fineTunes } = models;
  const few = base["SUN 4"]?.closed;
  return {
    prompts,
    ...(few && { fewSteps: { closed: few.value, ci: few.ci } }),
    ...(speed && { speed: { ratio: speed.ratio, sunOverPlain: speed.sunOverPlain } }),
    plugIn: Object.fromEntries(
      Object.entries(fineTunes).flatMap(([name, sets]) =>
        sets["SUN 4"] ? [[name, { closed: sets["SUN 4"].closed.value }]] : [],
      ),
    ),
    msc: { with: curve(base, /^SUN (\d) with MSC$/), without: curve(base, /^SUN (\d) without MSC$/) },
    fd: Object.fromEntries(
      Object.entries(models).flatMap(([model, sets]) =>
        Object.entries(sets).map(([set, { fd }]) => [`${model}, ${set}`, fd.value]),
      ),
    ),
  };
}

/** Fréchet distance by the number of steps that the set's name holds. */
function curve(sets: SetDistances, name: RegExp): Record<string, number> {
  return Object.fromEntries(
    Object.entries(sets).flatMap(([set, { fd }]) => {
      const steps = name.exec(set)?.[1];
      return steps === undefined ? [] : [[steps, fd.value]];
    }),
  );
}
