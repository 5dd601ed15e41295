import { addVsf, VSF_MASKED } from "@sunstep/negative-attention";
import { tensor } from "@sunstep/tensor";
import { defineMethod, scalar } from "./define-method.js";
import { negativeParameters } from "./parameters.js";

/**
 * Value Sign Flip (arXiv 2508.10931; weathon/VSF, src/sd3_pipeline.py). Published for networks of joint attention: scale 3.5,
 * offset 0.1 for SD3.5-turbo. Negative prompts are read without padding, as there.
 * @throws SunstepError NEGATIVE_PARAMETER
 */
export const vsf = defineMethod({
  name: "vsf",
  ...negativeParameters.vsf,
  pass: addVsf,
  inputs: ({ scale, offset }, { padding }) => ({
    vsf_scale: scalar(scale),
    vsf_bias: tensor(
      Float32Array.from(padding, (isPadding) => (isPadding ? VSF_MASKED : -offset)),
      [1, padding.length],
    ),
  }),
  shapes: ([batch = 1, tokens = 1]) => ({ vsf_scale: [1], vsf_bias: [batch, tokens], vsf_weight: [1] }),
  on: { vsf_weight: scalar(1) },
  // Values of 0 still take their share of the softmax.
  isOff: () => false,
});
