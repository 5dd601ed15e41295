// The options of a second run over the enlarged image.
import type { OptionSpecs, OptionValues } from "@sunstep/command-line";
import type { GenerateOptions, HiresUpscaler } from "sunstep";

export const hiresRunOptions = {
  hires: {
    kind: "number",
    value: "SCALE",
    about: "enlarge the image and run again over it, as in --hires 2",
  },
  "hires-strength": {
    kind: "number",
    value: "X",
    about: "how far the second run changes the image, up to 1; default: 0.7",
  },
  "hires-steps": { kind: "integer", value: "N", about: "steps of the second run; default: as the first" },
  "hires-upscaler": { kind: "text", value: "NAME", about: "latent (default) or lanczos" },
} as const satisfies OptionSpecs;

const names = {
  hires: "scale",
  "hires-strength": "strength",
  "hires-steps": "steps",
  "hires-upscaler": "upscaler",
} as const;

/** The option of a request that those of the command line stand for; any of them asks for a second run. */
export function hiresRequest(values: OptionValues<typeof hiresRunOptions>): Pick<GenerateOptions, "hires"> {
  const given = (Object.keys(names) as (keyof typeof names)[]).filter((name) => values[name] !== undefined);
  if (given.length === 0) return {};
  // The pipeline checks the upscaler's name.
  const hires = Object.fromEntries(given.map((name) => [names[name], values[name]]));
  return { hires: hires as { readonly upscaler?: HiresUpscaler } };
}
