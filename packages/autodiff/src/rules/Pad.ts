import { stringAttribute } from "@sunstep/onnx-graph";
import { type GradientRule, unsupported } from "../rule.js";

/** Cuts the padding off: Pad by the negative numbers. */
export const Pad: GradientRule = (context) => {
  const { emit, node, gradient, type, constant } = context;
  const mode = stringAttribute(node.attributes, "mode", "constant");
  const pads = constant(1);
  if (mode !== "constant" || !pads) throw unsupported(context, `${mode} mode or computed pads`);
  const rank = type(0).shape.length;
  const axes = constant(3) ?? type(0).shape.map((_, i) => i);
  const cut = new Array<number>(2 * rank).fill(0);
  axes.forEach((axis, i) => {
    const index = axis < 0 ? axis + rank : axis;
    cut[index] = -pads[i]!;
    cut[index + rank] = -pads[i + axes.length]!;
  });
  return [emit.op("Pad", [gradient, emit.ints(cut)])];
};
