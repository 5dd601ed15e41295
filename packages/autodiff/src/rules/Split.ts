import { int } from "@sunstep/onnx-graph";
import { axisOf } from "../axes.js";
import { zeros } from "../composite-operators.js";
import type { GradientRule } from "../rule.js";

export const Split: GradientRule = (context) => {
  const { emit, node, upstream } = context;
  const parts = node.outputs.map((output, i) => upstream[i] ?? zeros(emit, emit.value(output)));
  return [emit.op("Concat", parts, { axis: int(axisOf(context, 0)) })];
};
