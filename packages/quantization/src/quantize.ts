import { rewriteToContrib } from "@sunstep/graph-passes";
import type { Pass } from "@sunstep/onnx-graph";
import { convolutionRules } from "./convolution.js";
import { eligibilityIn, type QuantizationOptions } from "./eligibility.js";
import { linearRules } from "./linear.js";

/**
 * Computes linear layers and convolutions in 8 bits with float32 results. Weights have a scale for each output, computed
 * from the graph's weights while the model is loaded, LoRAs included. Inputs have one range, found in each run: nothing is
 * calibrated, and any prompt, timestep and size has its own. The images of a batch share a range. Belongs behind the passes
 * that write linear layers as Gemm: the argument of `lowerForCpuWith` of `@sunstep/graph-passes`.
 */
export function quantize(options: QuantizationOptions = {}): Pass {
  const name = "quantize";
  return {
    name,
    run(model, passOptions) {
      const isEligible = eligibilityIn(model.graph, options);
      const rules = [...linearRules(isEligible), ...convolutionRules(isEligible)];
      return rewriteToContrib(name, rules).run(model, passOptions);
    },
  };
}
