import type { Acceleration, ModelDefaults } from "@sunstep/pipeline";
import type { SchedulerConfig } from "@sunstep/scheduler";
import { methodAcceleration } from "./method-acceleration.js";
import type { ModelConfigs } from "./methods/method.js";
import type { RecognisedMethod } from "./recognise.js";

/** Returns the acceleration of a distilled model: with its own scheduler's config, if it was saved with the method's. */
export function modelAcceleration(
  recognised: RecognisedMethod,
  model: ModelConfigs,
  label: string,
): Acceleration {
  const scheduler = ownScheduler(recognised, model);
  return methodAcceleration(recognised, { label, ...(scheduler && { scheduler }) });
}

/** Returns a distilled model's settings for requests without an acceleration: it paints noise with those of other models. */
export function distilledDefaults(
  recognised: RecognisedMethod,
  model: ModelConfigs,
): Pick<ModelDefaults, "steps" | "guidanceScale"> & Partial<Pick<ModelDefaults, "scheduler">> {
  const { steps, guidanceScale, scheduler } = recognised.settings;
  return {
    steps: steps.value,
    guidanceScale: guidanceScale.value,
    // By its class name, a scheduler takes every option of the model's own config.
    ...(ownScheduler(recognised, model) && { scheduler: scheduler.className }),
  };
}

function ownScheduler(
  { method, settings }: RecognisedMethod,
  model: ModelConfigs,
): SchedulerConfig | undefined {
  const { _class_name, class: name = _class_name } = model.schedulerConfig;
  const isMethods = name === settings.scheduler.className && method.fitsModel?.(model);
  return isMethods ? model.schedulerConfig : undefined;
}
