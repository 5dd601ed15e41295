// SUN's own options of the command line, and their translation to those of sunstep. No other file of `generate` knows the
// method.

import type { OptionSpecs, OptionValues } from "@sunstep/command-line";
import type { FromPretrainedOptions, GenerateOptions } from "sunstep";

export const sunModelOptions = {
  sun: {
    kind: "text",
    value: "ADAPTER",
    about:
      "SUN adapter: 4 steps, no guidance; a file, URL, hub id or name; default: the model's own, if it has one",
  },
  "no-sun": { kind: "flag", about: "do not use the model's own SUN adapter" },
} as const satisfies OptionSpecs;

export const sunRunOptions = {
  "sun-scale": { kind: "number", value: "X", about: "strength of the SUN adapter; default: 1" },
} as const satisfies OptionSpecs;

export function sunToLoad(values: OptionValues<typeof sunModelOptions>): Pick<FromPretrainedOptions, "sun"> {
  const { sun, "no-sun": none } = values;
  if (none) return { sun: false };
  return sun === undefined ? {} : { sun };
}

export function sunScale(values: OptionValues<typeof sunRunOptions>): Pick<GenerateOptions, "sunScale"> {
  const { "sun-scale": scale } = values;
  return scale === undefined ? {} : { sunScale: scale };
}
