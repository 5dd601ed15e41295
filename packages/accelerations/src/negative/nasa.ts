import { addNasa } from "@sunstep/negative-attention";
import { defineMethod, scalar } from "./define-method.js";
import { negativeParameters } from "./parameters.js";

/**
 * Negative-Away Steer Attention (SNOOPI, arXiv 2412.02687), tested by its authors on models of one step.
 * @throws SunstepError NEGATIVE_PARAMETER
 */
export const nasa = defineMethod({
  name: "nasa",
  ...negativeParameters.nasa,
  pass: addNasa,
  inputs: ({ scale }) => ({ nasa_scale: scalar(scale) }),
  shapes: () => ({ nasa_scale: [1] }),
  isOff: ({ scale }) => scale === 0,
});
