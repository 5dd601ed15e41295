// A second run in the text of images: AUTOMATIC1111's settings of "Hires. fix".

import type { SunstepWarning } from "@sunstep/errors";
import type { HiresOptions, HiresUpscaler, Request } from "@sunstep/pipeline";
import { sunstepWarning } from "../errors.js";
import { defined, finite } from "./text-values.js";

const upscalerNames: Readonly<Record<HiresUpscaler, string>> = { latent: "Latent", lanczos: "Lanczos" };

const number = /^(\d+\.?\d*|\.\d+)$/;

/** Names of the settings, and the form of their values. */
export const hiresSettings: Readonly<Record<string, RegExp>> = {
  "Hires upscale": number,
  "Hires steps": /^\d+$/,
  "Hires upscaler": /(?:)/,
};

export function hiresEntries({ hires }: Request): readonly (readonly [string, string | number])[] {
  if (!hires) return [];
  return [
    ["Denoising strength", hires.strength],
    ["Hires upscale", hires.scale],
    ["Hires steps", hires.steps],
    ["Hires upscaler", upscalerNames[hires.upscaler]],
  ];
}

/** Reads the settings of a second run; undefined for a text without one. An upscaler by a network is read as Lanczos. */
export function readHires(
  settings: ReadonlyMap<string, string>,
): { readonly hires: HiresOptions; readonly warnings: readonly SunstepWarning[] } | undefined {
  const scale = finite(settings.get("Hires upscale"));
  if (scale === undefined) return undefined;
  const name = settings.get("Hires upscaler") ?? upscalerNames.latent;
  const known = (Object.keys(upscalerNames) as HiresUpscaler[]).find((key) => upscalerNames[key] === name);
  const steps = finite(settings.get("Hires steps"));
  return {
    hires: defined({
      scale,
      strength: finite(settings.get("Denoising strength")),
      // 0 stands for those of the first run.
      steps: steps === 0 ? undefined : steps,
      upscaler: known ?? (/^Latent\b/.test(name) ? "latent" : "lanczos"),
    }),
    warnings: known
      ? []
      : [
          sunstepWarning(
            "PARAMETERS_UNKNOWN",
            `Hires upscaler ${JSON.stringify(name)} is not known here; Latent and Lanczos are: an image will differ`,
            { settings: ["Hires upscaler"] },
          ),
        ],
  };
}
