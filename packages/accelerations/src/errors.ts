import { defineErrors, defineWarnings } from "@sunstep/errors";

/** Codes of the errors that this package throws. */
export const [accelerationErrors, accelerationError] = defineErrors({
  ACCELERATION_GUIDANCE: "guidance was asked for on top of a method that takes its place",
  ACCELERATION_SCALE: "the strength of an adapter is not a number from -10 to 10",
  ACCELERATION_WEIGHTS: "differences of weights are for another kind of model",
});

/** Codes of the warnings that this package gives. */
export const [accelerationWarnings, accelerationWarning] = defineWarnings({
  METHOD_RECOGNISED:
    "a file or model was recognised as a few-step method's, whose settings are now the default",
  METHOD_RANGE: "a setting is outside the range that the method was made for",
  METHOD_LICENSE: "a method's licence restricts commercial use",
});
