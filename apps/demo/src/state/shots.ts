// Which pictures one press of the button makes: one, or several side by side that differ in one thing.

import type { Settings } from "./settings.js";

/** What is compared with what the controls say. */
export interface Comparison {
  /** Four steps with SUN beside many with guidance. */
  readonly guided: boolean;
  /** With the negative prompt beside without. */
  readonly negative: boolean;
}

export const noComparison: Comparison = { guided: false, negative: false };

/** A picture to make: settings, and what tells it from those beside it. */
export interface Shot {
  readonly title: string;
  readonly settings: Settings;
}

/** The quickest first. `hasSun`: an adapter is loaded. */
export function planShots(settings: Settings, { guided, negative }: Comparison, hasSun: boolean): Shot[] {
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

/** Steps of the sampler that these settings use. */
export function stepsOf({ sun, sunSteps, guidedSteps }: Settings): number {
  return sun ? sunSteps : guidedSteps;
}

/** What a picture took. */
export interface Cost {
  readonly evaluations: number;
  /** Without loading networks. */
  readonly milliseconds: number;
}

/** "4 evaluations, 0.42 s". */
export function costText({ evaluations, milliseconds }: Cost): string {
  return `${evaluations} ${evaluations === 1 ? "evaluation" : "evaluations"}, ${secondsText(milliseconds)}`;
}

/** "12.5 times fewer evaluations, 11 times faster": the first against the last; nothing to say where they are close. */
export function advantageText(first: Cost, last: Cost): string | undefined {
  const fewer = last.evaluations / first.evaluations;
  const faster = last.milliseconds / first.milliseconds;
  if (!(fewer > 1.5 && faster > 1)) return undefined;
  return `${rounded(fewer)} times fewer evaluations, ${rounded(faster)} times faster`;
}

function secondsText(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(milliseconds < 9950 ? 2 : 1)} s`;
}

function rounded(value: number): string {
  return value < 9.95 ? value.toFixed(1).replace(/\.0$/, "") : String(Math.round(value));
}
