import { int } from "@sunstep/onnx-graph";
import { asMatrix, sumTo, swapLast } from "../composite-operators.js";
import type { GradientContext, GradientRule } from "../rule.js";

/** A^T g. If B is one matrix for all of A's, it is one product of two matrices instead of a sum of many. */
function rightGradient({ emit, gradient, type, input }: GradientContext) {
  const { shape } = type(1);
  if (shape.length > 2) return sumTo(emit, emit.op("MatMul", [swapLast(emit, input(0)), gradient]), shape);
  return emit.op("Gemm", [asMatrix(emit, input(0)), asMatrix(emit, gradient)], { transA: int(1) });
}

/** Y = A B: dA = g B^T, dB = A^T g */
export const MatMul: GradientRule = (context) => {
  const { emit, gradient, wants, type, input } = context;
  return [
    wants(0)
      ? sumTo(emit, emit.op("MatMul", [gradient, swapLast(emit, input(1))]), type(0).shape)
      : undefined,
    wants(1) ? rightGradient(context) : undefined,
  ];
};
