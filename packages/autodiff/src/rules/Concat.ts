import { axisOf } from "../axes.js";
import type { GradientRule } from "../rule.js";

export const Concat: GradientRule = (context) => {
  const { emit, node, gradient, wants, type } = context;
  const axis = axisOf(context, 0);
  let end = 0;
  return node.inputs.map((_, i) => {
    const start = end;
    end += type(i).shape[axis]!;
    if (!wants(i)) return undefined;
    return emit.op("Slice", [gradient, emit.ints([start]), emit.ints([end]), emit.ints([axis])]);
  });
};
