import { elementCount, int, int64Data, numberAttribute } from "@sunstep/onnx-graph";
import { reshape, sum } from "../composite-operators.js";
import { type GradientRule, unsupported } from "../rule.js";
import { scatterAdd } from "../scatter-add.js";

/** Flattens the indexed axes to one and does as Gather. */
export const GatherND: GradientRule = (context) => {
  const { emit, node, gradient, type, input } = context;
  if (numberAttribute(node.attributes, "batch_dims", 0) !== 0) throw unsupported(context, "batch_dims");
  const { dtype, shape } = type(0);
  const depth = type(1).shape.at(-1)!;
  const count = elementCount(type(1).shape) / depth;
  const sizes = shape.slice(0, depth);
  const rest = elementCount(shape.slice(depth));
  const strides = sizes.map((_, i) => elementCount(sizes.slice(i + 1)));
  // Mod's sign is the divisor's: indices from the end become indices from the start.
  const positive = emit.op("Mod", [input(1), emit.ints(sizes)], { fmod: int(0) });
  const parts = emit.op("Mul", [positive, emit.initializer("strides", int64Data(strides))]);
  const indices = reshape(emit, sum(emit, parts, [parts.shape.length - 1], false), [count]);
  const flat = { dtype, shape: [elementCount(sizes), rest] };
  const scattered = scatterAdd(emit, flat, 0, indices, reshape(emit, gradient, [count, rest]));
  return [reshape(emit, scattered, shape)];
};
