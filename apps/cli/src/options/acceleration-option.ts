import type { OptionSpecs, OptionValues } from "@sunstep/command-line";
import type { AccelerationSource, FromPretrainedOptions } from "sunstep";

export const accelerationOptions = {
  acceleration: {
    kind: "text",
    value: "METHOD=FILE",
    about:
      "few-step method: its file or name, METHOD=FILE[:SCALE], METHOD alone, or none; default: recognised",
  },
} as const satisfies OptionSpecs;

/** Translates `--acceleration`: "none", "lcm-lora-sd15", "tcd=style.safetensors:0.8". */
export function accelerationToLoad({
  acceleration,
}: OptionValues<typeof accelerationOptions>): Pick<FromPretrainedOptions, "acceleration"> {
  if (acceleration === undefined) return {};
  return { acceleration: acceleration === "none" ? false : readAcceleration(acceleration) };
}

function readAcceleration(text: string): AccelerationSource {
  const [, method, file = text] = /^([a-z0-9-]+)=(.+)$/.exec(text) ?? [];
  const [, path = file, scale] = /^(.+):([-+]?(?:\d+\.?\d*|\.\d+))$/.exec(file) ?? [];
  return {
    path,
    ...(method !== undefined && { method }),
    ...(scale !== undefined && { scale: Number(scale) }),
  };
}
