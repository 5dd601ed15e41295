// Settings in the fragment of an address, behind "#", which browsers do not send.

import { clampTo, initialSettings, type NumberSetting, ranges, type Settings } from "./settings.js";

type Kind = "text" | "number" | "switch" | readonly string[];

/** The name of each setting in a link: short, and stable, since people keep links. A list has the values of a choice. */
const fields: { readonly [Key in keyof Settings]: readonly [name: string, kind: Kind] } = {
  prompt: ["prompt", "text"],
  negativePrompt: ["negative", "text"],
  negativeMethod: ["negativemethod", "text"],
  method: ["method", "text"],
  seed: ["seed", "number"],
  width: ["width", "number"],
  height: ["height", "number"],
  accelerated: ["sun", "switch"],
  acceleratedSteps: ["steps", "number"],
  guidedSteps: ["guidedsteps", "number"],
  accelerationScale: ["sunscale", "number"],
  guidanceScale: ["guidance", "number"],
  scheduler: ["scheduler", "text"],
  strength: ["strength", "number"],
  clipSkip: ["clipskip", "number"],
  randomSource: ["rng", ["cpu", "cuda"]],
  hires: ["hires", "switch"],
  hiresScale: ["hiresscale", "number"],
  hiresStrength: ["hiresstrength", "number"],
  hiresSteps: ["hiressteps", "number"],
  hiresUpscaler: ["hiresupscaler", ["latent", "lanczos"]],
};

const longestText = 4000;

/** "prompt=a+red+apple&seed=42": prompt, seed and every setting that differs from the initial one. */
export function settingsToLink(settings: Settings): string {
  const link = new URLSearchParams();
  for (const [key, [name]] of entries()) {
    const always = key === "prompt" || key === "seed";
    if (always || settings[key] !== initialSettings[key]) link.set(name, String(settings[key]));
  }
  return link.toString();
}

/** Reads settings from a link and clamps them to their ranges; undefined if the link has none. */
export function settingsFromLink(link: string, schedulers: readonly string[]): Partial<Settings> | undefined {
  const given = new URLSearchParams(link.replace(/^#/, ""));
  const found: Record<string, unknown> = {};
  for (const [key, [name, kind]] of entries()) {
    const text = given.get(name);
    const value = text === null ? undefined : read(key, kind, text);
    if (value !== undefined) found[key] = value;
  }
  if (found.scheduler !== undefined && !schedulers.includes(String(found.scheduler))) delete found.scheduler;
  return Object.keys(found).length > 0 ? (found as Partial<Settings>) : undefined;
}

function read(key: keyof Settings, kind: Kind, text: string): string | number | boolean | undefined {
  switch (kind) {
    case "text":
      return text.slice(0, longestText);
    case "switch":
      return text === "true";
    case "number": {
      const value = Number(text);
      return text.trim() === "" || !Number.isFinite(value)
        ? undefined
        : clampTo(ranges[key as NumberSetting], value);
    }
    default:
      return kind.find((choice) => choice === text);
  }
}

function entries() {
  return Object.entries(fields) as [keyof Settings, readonly [string, Kind]][];
}
