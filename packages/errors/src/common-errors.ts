import { defineErrors } from "./define-errors.js";

/** Codes of the errors that every package may throw. */
export const [commonErrors, commonError] = defineErrors({
  ABORTED: "the operation was cancelled; `cause` is the signal's reason",
});
