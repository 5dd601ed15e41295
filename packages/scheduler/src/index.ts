export { schedulerErrors } from "./errors.js";
export { type ForwardProcess, forwardProcess, noiseLevels } from "./noise/forward-process.js";
export { listSchedulers, methodConfig, schedulerPreset } from "./preset-config.js";
export { type SchedulerPreset, schedulerPresets } from "./presets.js";
export {
  createScheduler,
  ignoredTrainingOptions,
  parseSchedulerConfig,
  schedulerClasses,
  schedulerConfigFrom,
} from "./registry.js";
export type { PlanOptions, Schedule, Scheduler, SchedulerConfig, StepResult } from "./scheduler.js";
export type { PredictionType } from "./steps/prediction.js";
