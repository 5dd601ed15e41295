import { addNag } from "@sunstep/negative-attention";
import { defineMethod, scalar } from "./define-method.js";
import { negativeParameters } from "./parameters.js";

/**
 * Normalized Attention Guidance (arXiv 2505.21179). Defaults: those of the authors' node (ComfyUI-NAG, node.py); for few steps
 * their workflow of DMD2 has scale 3, alpha 0.5, sigmaEnd 4.
 * @throws SunstepError NEGATIVE_PARAMETER
 */
export const nag = defineMethod({
  name: "nag",
  ...negativeParameters.nag,
  pass: addNag,
  inputs: ({ scale, tau, alpha }) => ({
    nag_scale: scalar(scale),
    nag_tau: scalar(tau),
    nag_alpha: scalar(alpha),
  }),
  shapes: () => ({ nag_scale: [1], nag_tau: [1], nag_alpha: [1] }),
  isOff: ({ scale, alpha }) => scale === 1 || alpha === 0,
});
