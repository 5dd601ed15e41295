export { AUTODIFF_ERRORS, type AutodiffErrorCode } from "./errors.js";
export { gradients } from "./gradients.js";
export type { GradientOptions } from "./options.js";
