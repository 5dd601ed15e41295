import { fields } from "@sunstep/errors";
import { addNag } from "@sunstep/negative-attention";
import { defineMethod, scalar } from "./define-method.js";

/**
 * Normalized Attention Guidance (arXiv 2505.21179). Defaults: those of the authors' node (ComfyUI-NAG, node.py); for few steps
 * their workflow of DMD2 has scale 3, alpha 0.5, sigmaEnd 4.
 * @throws SunstepError NEGATIVE_PARAMETER
 */
export const nag = defineMethod({
  name: "nag",
  label: "NAG",
  parameters: {
    scale: { default: 5, field: fields.number(1, 100), text: "scale" },
    tau: { default: 2.5, field: fields.number(0, 100), text: "tau" },
    alpha: { default: 0.25, field: fields.number(0, 1), text: "alpha" },
  },
  pass: addNag,
  inputs: ({ scale, tau, alpha }) => ({
    nag_scale: scalar(scale),
    nag_tau: scalar(tau),
    nag_alpha: scalar(alpha),
  }),
  shapes: () => ({ nag_scale: [1], nag_tau: [1], nag_alpha: [1] }),
  isOff: ({ scale, alpha }) => scale === 1 || alpha === 0,
});
