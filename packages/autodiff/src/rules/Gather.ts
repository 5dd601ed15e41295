import { elementCount } from "@sunstep/onnx-graph";
import { axisOf } from "../axes.js";
import { reshape } from "../composite-operators.js";
import type { GradientRule } from "../rule.js";
import { scatterAdd } from "../scatter-add.js";

export const Gather: GradientRule = (context) => {
  const { emit, gradient, type, input } = context;
  const axis = axisOf(context, 0);
  const { dtype, shape } = type(0);
  const count = elementCount(type(1).shape);
  const rows = reshape(emit, gradient, [...shape.slice(0, axis), count, ...shape.slice(axis + 1)]);
  return [scatterAdd(emit, { dtype, shape }, axis, reshape(emit, input(1), [count]), rows)];
};
