export { type DistillationErrorCode, distillationErrors } from "./errors.js";
