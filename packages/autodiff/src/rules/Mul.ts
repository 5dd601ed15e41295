import type { Value } from "@sunstep/onnx-graph";
import { sumTo } from "../composite-operators.js";
import { ELSEWHERE, type GradientContext, type GradientRule } from "../rule.js";

/** The operand that is the sigmoid of the other one. */
function gateOf({ node, producer }: GradientContext): 0 | 1 | undefined {
  return ([0, 1] as const).find((i) => {
    const { op, domain, inputs } = producer(i) ?? {};
    return op === "Sigmoid" && domain === "" && inputs?.[0] === node.inputs[1 - i];
  });
}

/**
 * y = x s, s = sigmoid(x) (SiLU, arXiv 1702.03118): dx = g (s + y - y s). Half the passes over the data of both
 * operators' rules; s is computed again, so that in the forward pass a runtime may fuse the two.
 */
function siluGradient({ emit, gradient, input, output }: GradientContext, x: 0 | 1): Value {
  const y = output(0);
  const s = emit.op("Sigmoid", [input(x)]);
  const slope = emit.op("Add", [emit.op("Sub", [y, emit.op("Mul", [y, s])]), s]);
  return emit.op("Mul", [gradient, slope]);
}

export const Mul: GradientRule = (context) => {
  const { emit, gradient, wants, type, input } = context;
  const gate = gateOf(context);
  if (gate === 1) return [siluGradient(context, 0), ELSEWHERE];
  if (gate === 0) return [ELSEWHERE, siluGradient(context, 1)];
  return [0, 1].map((i) =>
    wants(i) ? sumTo(emit, emit.op("Mul", [gradient, input(1 - i)]), type(i).shape) : undefined,
  );
};
