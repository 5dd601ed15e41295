import { schedulerPresets } from "@sunstep/scheduler/presets";

/** Labels of schedulers by their short names. */
export const schedulers: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(schedulerPresets).map(([name, { label }]) => [name, label]),
);
