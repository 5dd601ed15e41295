export { type AutodiffErrorCode, autodiffErrors } from "./errors.js";
export { gradients } from "./gradients.js";
export type { GradientOptions } from "./options.js";
export { type PlanOptions, planRecomputation, type RecomputationPlan } from "./recomputation/plan.js";
