import { float, int, numberAttribute } from "@sunstep/onnx-graph";
import { scaled, sumTo } from "../composite-operators.js";
import type { GradientRule } from "../rule.js";

/** Y = alpha A' B' + beta C, ' where it is to be transposed: dA' = alpha g B'^T, dB' = alpha A'^T g, dC = beta g */
export const Gemm: GradientRule = ({ emit, node, gradient, wants, type, input }) => {
  const [transA, transB] = ["transA", "transB"].map((name) => numberAttribute(node.attributes, name, 0));
  const alpha = float(numberAttribute(node.attributes, "alpha", 1));
  const product = (left: typeof gradient, right: typeof gradient, leftTransposed = 0, rightTransposed = 0) =>
    emit.op("Gemm", [left, right], { alpha, transA: int(leftTransposed), transB: int(rightTransposed) });
  const leftGradient = () =>
    transA ? product(input(1), gradient, transB, 1) : product(gradient, input(1), 0, 1 - transB!);
  const rightGradient = () =>
    transB ? product(gradient, input(0), 1, transA) : product(input(0), gradient, 1 - transA!, 0);
  return [
    wants(0) ? leftGradient() : undefined,
    wants(1) ? rightGradient() : undefined,
    wants(2)
      ? scaled(emit, sumTo(emit, gradient, type(2).shape), numberAttribute(node.attributes, "beta", 1))
      : undefined,
  ];
};
