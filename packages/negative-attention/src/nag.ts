import { float32Data, type NodeEmitter, type Pass, type Value } from "@sunstep/onnx-graph";
import {
  addNegativeBranch,
  type NegativeAttentionOptions,
  type NegativeBranch,
} from "./add-negative-branch.js";
import { emitAttention, scalarInput } from "./emit-attention.js";

/** Lower bound of a mean of absolute values, so that a zero attention gives 0 and not 0 / 0. */
const SMALLEST = 1e-9;

/**
 * Normalized Attention Guidance (NAG, arXiv 2505.21179; the authors' processor for SD and SDXL and ComfyUI-NAG, utils.py):
 * G = s Z+ - (s - 1) Z-, r = |G|1 / |Z+|1 over the channels of a token, Z = alpha G min(r, tau) / r + (1 - alpha) Z+.
 * New inputs beside `negative_hidden_states`, float32 [1]: `nag_scale` s (1 is off), `nag_tau`, `nag_alpha` (0 is off).
 * @throws SunstepError NEGATIVE_NO_CROSS_ATTENTION, NEGATIVE_ALREADY_ADDED, NEGATIVE_PROJECTION
 */
export function addNag(options: NegativeAttentionOptions = {}): Pass {
  return addNegativeBranch(nag, options);
}

const nag: NegativeBranch = {
  name: "nag",
  inputs: () => ["nag_scale", "nag_tau", "nag_alpha"].map(scalarInput),
  emit(emit, { node, positive, key, value }) {
    const [scale, tau, alpha] = ["nag_scale", "nag_tau", "nag_alpha"].map((name) => emit.value(name)) as [
      Value,
      Value,
      Value,
    ];
    const one = emit.floats([1]);
    // An attention is linear in its values: scaled there, Z- is scaled once for each prompt.
    const scaled = emit.op("Mul", [value, emit.op("Sub", [one, scale])]);
    const negative = emitAttention(emit, node, { key, value: scaled });
    const guided = emit.op("Add", [emit.op("Mul", [positive, scale]), negative]);
    const ratio = emit.op("Div", [
      emit.op("Mul", [meanAbsolute(emit, positive), tau]),
      emit.op("Max", [meanAbsolute(emit, guided), emit.scalar(SMALLEST)]),
    ]);
    const limited = emit.op("Mul", [emit.op("Min", [ratio, one]), alpha]);
    return emit.op("Add", [
      emit.op("Mul", [positive, emit.op("Sub", [one, alpha])]),
      emit.op("Mul", [guided, limited]),
    ]);
  },
};

/**
 * Emits the mean of |x| over channels, [batch, tokens, 1]. A product with a vector is faster than a reduction in ONNX Runtime,
 * and a mean does not overflow float16.
 */
function meanAbsolute(emit: NodeEmitter, x: Value): Value {
  const channels = x.shape.at(-1) ?? 1;
  const weights = emit.initializer(
    "mean",
    float32Data(new Float32Array(channels).fill(1 / channels), [channels, 1]),
  );
  return emit.op("MatMul", [emit.op("Abs", [x]), weights]);
}
