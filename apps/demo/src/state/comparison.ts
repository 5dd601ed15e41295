// The images that one press of the button makes: one, or several side by side that differ in one setting.

import type { Acceleration } from "./acceleration.js";
import type { Settings } from "./settings.js";

/** The settings that are varied to compare their effect. */
export interface Comparison {
  /** Few accelerated steps beside many guided ones. */
  readonly guided: boolean;
  /** Without the negative prompt beside with it. */
  readonly negative: boolean;
}

export const noComparison: Comparison = { guided: false, negative: false };

/** One image to make, with a title that tells it from those beside it; "" if it is alone. */
export interface Variant {
  readonly title: string;
  readonly settings: Settings;
}

/** Returns the images to make, the quickest first. `acceleration`: the loaded one. */
export function planVariants(
  settings: Settings,
  { guided, negative }: Comparison,
  acceleration: Acceleration | undefined,
): Variant[] {
  const { negativePrompt } = settings;
  const accelerated = settings.accelerated && acceleration !== undefined;
  const samplers =
    guided && acceleration
      ? [acceleration.method, undefined]
      : [accelerated ? acceleration.method : undefined];
  const negatives = negative && negativePrompt !== "" ? ["", negativePrompt] : [negativePrompt];
  return samplers.flatMap((method) =>
    negatives.map((text) => ({
      title: titleOf(
        samplers.length > 1 && (method ?? "Guided"),
        negatives.length > 1 ? (text === "" ? "without" : "with") : undefined,
      ),
      settings: { ...settings, accelerated: method !== undefined, negativePrompt: text },
    })),
  );
}

function titleOf(sampler: string | false, negative: "with" | "without" | undefined): string {
  const parts = [...(sampler ? [sampler] : []), ...(negative ? [`${negative} negative prompt`] : [])];
  const title = parts.join(", ");
  return title.charAt(0).toUpperCase() + title.slice(1);
}
