// The axes that a node's attributes or inputs name.
import { intsAttribute, numberAttribute, type Value } from "@sunstep/onnx-graph";
import { reshape } from "./composite-operators.js";
import type { GradientContext } from "./rule.js";

/** The attribute `axis`, counted from the first axis of input 0. */
export function axisOf({ node, type }: GradientContext, fallback: number): number {
  const axis = numberAttribute(node.attributes, "axis", fallback);
  return axis < 0 ? axis + type(0).shape.length : axis;
}

/** The axes of a reduction, an input in newer operator sets and an attribute in older ones. No axes mean all. */
function reducedAxes({ node, type, constant }: GradientContext): readonly number[] {
  const rank = type(0).shape.length;
  const axes = constant(1) ?? intsAttribute(node.attributes, "axes") ?? [];
  if (axes.length > 0) return axes.map((axis) => (axis < 0 ? axis + rank : axis));
  const all = Array.from({ length: rank }, (_, i) => i);
  return numberAttribute(node.attributes, "noop_with_empty_axes", 0) === 1 ? [] : all;
}

/** Reshapes a value of a reduction's output shape so that the reduced axes are there, of size 1. */
export function withReducedAxes(context: GradientContext, value: Value): Value {
  const axes = reducedAxes(context);
  const shape = context.type(0).shape.map((size, i) => (axes.includes(i) ? 1 : size));
  return reshape(context.emit, value, shape);
}
