import { codeOfDataType, int } from "@sunstep/onnx-graph";
import { sumTo } from "../composite-operators.js";
import type { GradientRule } from "../rule.js";

/** The chosen operand gets the gradient, and equal operands share it. Also Min's rule. */
export const Max: GradientRule = ({ emit, node, gradient, wants, type, input, output }) => {
  const y = output(0);
  const chosen = node.inputs.map((_, i) =>
    emit.op("Cast", [emit.op("Equal", [input(i), y])], { to: int(codeOfDataType(y.dtype)) }),
  );
  const share = emit.op("Div", [gradient, chosen.reduce((a, b) => emit.op("Add", [a, b]))]);
  return chosen.map((mask, i) =>
    wants(i) ? sumTo(emit, emit.op("Mul", [share, mask]), type(i).shape) : undefined,
  );
};
