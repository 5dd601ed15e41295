// The images that one press of the button makes: one, or several side by side that differ in one setting.

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

/** Returns the images to make, the quickest first. `hasSun`: an adapter is loaded. */
export function planVariants(
  settings: Settings,
  { guided, negative }: Comparison,
  hasSun: boolean,
): Variant[] {
  const { negativePrompt } = settings;
  const sun = settings.sun && hasSun;
  const samplers = guided && hasSun ? [true, false] : [sun];
  const negatives = negative && negativePrompt !== "" ? ["", negativePrompt] : [negativePrompt];
  return samplers.flatMap((usesSun) =>
    negatives.map((text) => ({
      title: titleOf(
        usesSun,
        samplers.length > 1,
        negatives.length > 1 ? (text === "" ? "without" : "with") : undefined,
      ),
      settings: { ...settings, sun: usesSun, negativePrompt: text },
    })),
  );
}

function titleOf(sun: boolean, namesSampler: boolean, negative: "with" | "without" | undefined): string {
  const parts = [
    ...(namesSampler ? [sun ? "SUN" : "Guided"] : []),
    ...(negative ? [`${negative} negative prompt`] : []),
  ];
  const title = parts.join(", ");
  return title.charAt(0).toUpperCase() + title.slice(1);
}
