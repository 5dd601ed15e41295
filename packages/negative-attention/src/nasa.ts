import type { Pass } from "@sunstep/onnx-graph";
import {
  addNegativeBranch,
  type NegativeAttentionOptions,
  type NegativeBranch,
} from "./add-negative-branch.js";
import { emitAttention, scalarInput } from "./emit-attention.js";

/**
 * Negative-Away Steer Attention (NASA, SNOOPI, arXiv 2412.02687): Z = Z+ - s Z-. New inputs beside `negative_hidden_states`,
 * float32 [1]: `nasa_scale` s; 0 is off.
 * @throws SunstepError NEGATIVE_NO_CROSS_ATTENTION, NEGATIVE_ALREADY_ADDED, NEGATIVE_PROJECTION
 */
export function addNasa(options: NegativeAttentionOptions = {}): Pass {
  return addNegativeBranch(nasa, options);
}

const nasa: NegativeBranch = {
  name: "nasa",
  inputs: () => [scalarInput("nasa_scale")],
  emit(emit, { node, positive, key, value }) {
    const negative = emitAttention(emit, node, { key, value });
    return emit.op("Sub", [positive, emit.op("Mul", [negative, emit.value("nasa_scale")])]);
  },
};
