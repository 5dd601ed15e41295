import { ints, intsAttribute } from "@sunstep/onnx-graph";
import type { GradientRule } from "../rule.js";

export const Transpose: GradientRule = ({ emit, node, gradient, type }) => {
  const axes = type(0).shape.map((_, i) => i);
  const perm = intsAttribute(node.attributes, "perm") ?? axes.toReversed();
  return [emit.op("Transpose", [gradient], { perm: ints(axes.map((axis) => perm.indexOf(axis))) })];
};
