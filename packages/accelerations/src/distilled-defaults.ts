import type { ModelDefaults } from "@sunstep/pipeline";
import type { SchedulerConfig } from "@sunstep/scheduler";

interface DistilledModel {
  /** The scheduler that such models are saved with. */
  readonly className: string;
  readonly spacing?: "trailing";
  readonly steps: number;
  /** 1 is no guidance: it is distilled into the model. */
  readonly guidanceScale: 1;
}

/** Few-step models and the settings of their cards: LCM, TCD and Hyper-SD, Lightning, SD-Turbo. */
const distilledModels: readonly DistilledModel[] = [
  { className: "LCMScheduler", steps: 4, guidanceScale: 1 },
  { className: "TCDScheduler", steps: 4, guidanceScale: 1 },
  { className: "EulerDiscreteScheduler", spacing: "trailing", steps: 4, guidanceScale: 1 },
  { className: "EulerAncestralDiscreteScheduler", spacing: "trailing", steps: 1, guidanceScale: 1 },
];

/**
 * Returns the defaults of a model that was distilled to few steps, which its own scheduler config shows: with 25 guided
 * steps of another scheduler it paints noise. Models whose betas end at zero signal have trailing timesteps for another
 * reason.
 */
export function distilledDefaults(
  config: SchedulerConfig,
): Pick<ModelDefaults, "steps" | "guidanceScale" | "scheduler"> | undefined {
  if (config.rescale_betas_zero_snr === true) return undefined;
  const name = config._class_name ?? config.class;
  const found = distilledModels.find(
    ({ className, spacing }) =>
      className === name && (spacing === undefined || spacing === config.timestep_spacing),
  );
  if (!found) return undefined;
  const { className, steps, guidanceScale } = found;
  // By its class name, a scheduler takes every option of the model's own config.
  return { steps, guidanceScale, scheduler: className };
}
