import { defineErrors } from "@sunstep/errors";

/** Codes of the errors that this package throws. */
export const [accelerationErrors, accelerationError] = defineErrors({
  ACCELERATION_GUIDANCE: "guidance was asked for on top of a method that takes its place",
  ACCELERATION_SCALE: "the strength of an adapter is not a number from -10 to 10",
});
