import {
  int,
  type NodeEmitter,
  numberAttribute,
  type RewriteRule,
  rewrite,
  type Value,
} from "@sunstep/onnx-graph";

/** Cuts a weight along its last axis; ONNX Runtime folds that at load. */
function cut(emit: NodeEmitter, weight: Value, sizes: readonly number[]): readonly Value[] {
  return emit.ops("Split", [weight, emit.ints(sizes)], sizes.length, { axis: int(-1) });
}

const splitOfLinear: RewriteRule = {
  name: "Split(x W + b)",
  pattern: {
    op: "Split",
    inputs: [
      { op: "Add", inputs: [{ op: "MatMul", inputs: ["x", "weight"] }, "bias"], commutative: true },
      "sizes",
    ],
  },
  replace({ emit, value, attributes }) {
    const [x, weight, bias] = [value("x"), value("weight"), value("bias")];
    const sizes = emit.constantNumbers(value("sizes"));
    const axis = numberAttribute(attributes, "axis", 0);
    const last = axis === -1 || axis === x.shape.length - 1;
    if (!sizes || !last || weight.shape.length !== 2 || bias.shape.length !== 1) return undefined;
    const biases = cut(emit, bias, sizes);
    return cut(emit, weight, sizes).map((part, i) =>
      emit.op("Add", [emit.op("MatMul", [x, part]), biases[i]!]),
    );
  },
};

/**
 * A linear layer whose result is cut in parts (GEGLU's values and gates) as one linear layer per part: the same
 * products, and the wide result is never written and copied.
 */
export const splitProjections = rewrite("splitProjections", [splitOfLinear]);
