// AUTOMATIC1111's names of schedulers, for "Sampler" and "Schedule type" of an image's parameters.

import { type SchedulerPreset, schedulerPresets } from "@sunstep/scheduler";

type Sampler = SchedulerPreset["a1111"];

const presets = Object.entries(schedulerPresets);

/** `name`: the name that the caller gave, if any; `className`: the diffusers class that ran. */
export function samplerOf(name: string | undefined, className: string): Sampler {
  const byName = name !== undefined && Object.hasOwn(schedulerPresets, name) && schedulerPresets[name];
  const preset = byName || presets.find(([, known]) => known.className === className)?.[1];
  return preset?.a1111 ?? { sampler: className };
}

/** Returns the scheduler's short name, or undefined for an unknown sampler. */
export function schedulerOf(sampler: string, scheduleType: string | undefined): string | undefined {
  // Versions before 1.9 wrote the schedule type behind the sampler's name.
  const old = /^(.+) (Karras|Exponential)$/.exec(sampler);
  const wanted: Sampler = old
    ? { sampler: old[1]!, scheduleType: old[2]! }
    : { sampler, ...(scheduleType !== undefined && { scheduleType }) };
  const named = presets.filter(([, { a1111 }]) => a1111.sampler === wanted.sampler);
  const exact = named.find(([, { a1111 }]) => a1111.scheduleType === wanted.scheduleType);
  return (exact ?? named[0])?.[0];
}
