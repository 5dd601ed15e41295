export { schedulerErrors } from "./errors.js";
export { listSchedulers, schedulerPreset } from "./presets.js";
export { createScheduler, parseSchedulerConfig, schedulerClasses, schedulerConfigFrom } from "./registry.js";
export type { PlanOptions, Schedule, Scheduler, SchedulerConfig, StepResult } from "./scheduler.js";
