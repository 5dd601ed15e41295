export { inFile } from "./in-file.js";
export {
  type ErrorDetails,
  SunstepError,
  type SunstepErrorLike,
  type SunstepErrorOptions,
} from "./sunstep-error.js";
export type { SunstepWarning } from "./warning.js";
