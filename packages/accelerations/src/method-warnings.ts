import type { SunstepWarning } from "@sunstep/errors";
import { accelerationWarning } from "./errors.js";
import type { FewStepMethod, MethodSettings } from "./methods/method.js";
import type { RecognisedMethod } from "./recognise.js";

/** Warns of a licence that restricts commerce. */
export function licenseWarnings(label: string, { title, license }: FewStepMethod): readonly SunstepWarning[] {
  if (!license.restrictsCommerce) return [];
  return [
    accelerationWarning(
      "METHOD_LICENSE",
      `${label}: the licence of ${title} (${license.id}) restricts commercial use`,
      { file: label, license: license.id },
    ),
  ];
}

/** Tells that settings apply which nobody asked for, and how to be without them. */
export function recognisedWarning(label: string, { method, settings, by }: RecognisedMethod): SunstepWarning {
  return accelerationWarning(
    "METHOD_RECOGNISED",
    `${label} looks like ${method.title}, by its ${by}: ${settingsText(settings)} are now the default. Set acceleration to ` +
      "false, or to another method, if it is not",
    { file: label, method: method.name },
  );
}

/** The settings of a method in words: "4 steps, LCMScheduler, guidance 1". */
export function settingsText({ steps, scheduler, guidanceScale, timesteps, eta }: MethodSettings): string {
  return [
    `${steps.value} step${steps.value === 1 ? "" : "s"}`,
    scheduler.className,
    guidanceScale.to <= 1 ? "no guidance" : `guidance ${guidanceScale.value}`,
    ...(timesteps ? [`timesteps ${timesteps.join(", ")}`] : []),
    ...(eta === undefined ? [] : [`eta ${eta}`]),
  ].join(", ");
}
