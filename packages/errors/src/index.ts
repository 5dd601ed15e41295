export { abortable, abortedError, throwIfAborted } from "./aborted.js";
export { commonErrors } from "./common-errors.js";
export { defineErrors, type ErrorFactory } from "./define-errors.js";
export type { Field } from "./fields.js";
export * as fields from "./fields.js";
export { inFile } from "./in-file.js";
export { nearNames } from "./near-names.js";
export {
  type ErrorDetails,
  SunstepError,
  type SunstepErrorLike,
  type SunstepErrorOptions,
} from "./sunstep-error.js";
export { defineWarnings, type SunstepWarning, type WarningFactory } from "./warning.js";
