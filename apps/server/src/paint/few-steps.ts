import type { PaintHires, PaintInput } from "./paint-input.js";
import { samplerNoise } from "./sampler-noise.js";

/** More steps than any method for few steps has by default. */
const FEW = 8;

export interface ActiveDefaults {
  readonly steps: number;
  readonly guidanceScale: number;
}

export interface PaintSettings {
  readonly steps?: number;
  readonly guidanceScale?: number;
  readonly scheduler?: string;
  readonly eta?: number;
  readonly hires?: PaintHires;
  readonly warnings: readonly string[];
}

/** Decides the steps, guidance and scheduler of a request, by the loaded model's defaults. @throws REQUEST_UNSUPPORTED */
export function paintSettings(input: PaintInput, own: ActiveDefaults): PaintSettings {
  const { steps, guidanceScale, scheduler, hires, classic, mostSteps = own.steps } = input;
  if (!classic || own.steps > FEW)
    return { ...given({ steps, guidanceScale, hires, ...samplerNoise(input) }), warnings: [] };
  const warnings = [];
  const most = Math.max(1, mostSteps);
  if (steps !== undefined && steps > most)
    warnings.push(`steps ${steps}: the model makes images in few steps, and ${most} were taken`);
  if (guidanceScale !== undefined && guidanceScale > 1 && own.guidanceScale <= 1)
    warnings.push(`CFG scale ${guidanceScale} has no effect: the model needs no guidance to obey prompts`);
  if (scheduler !== undefined)
    warnings.push(`sampler ${scheduler}: the model's own was taken, which its few steps depend on`);
  const second = hires?.steps === undefined ? hires : { ...hires, steps: Math.min(hires.steps, most) };
  return { ...given({ steps: Math.min(steps ?? most, most), hires: second }), warnings };
}

function given<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
