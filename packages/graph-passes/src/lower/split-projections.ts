import {
  defineRule,
  int,
  type NodeEmitter,
  numberAttribute,
  rewrite,
  staticShape,
  type Value,
} from "@sunstep/onnx-graph";

/** Cuts a weight or a bias along its first axis; ONNX Runtime folds that at load. */
function cut(emit: NodeEmitter, weight: Value, sizes: readonly number[]): readonly Value[] {
  return emit.ops("Split", [weight, emit.ints(sizes)], sizes.length, { axis: int(0) });
}

const splitOfLinear = defineRule({
  name: "Split of Gemm",
  pattern: {
    op: "Split",
    inputs: [
      { op: "Reshape", inputs: [{ op: "Gemm", as: "gemm", inputs: ["x", "weight", "bias"] }, "shape"] },
      "sizes",
    ],
  },
  check({ value, numbers, node, attributes, index, root }) {
    const whole = staticShape(index.type(root.inputs[0] ?? "")?.shape);
    const outputs = index.type(node("gemm").outputs[0] ?? "")?.shape?.[1];
    const axis = numberAttribute(attributes, "axis", 0);
    const gemm = node("gemm").attributes;
    const plain = numberAttribute(gemm, "transB", 0) === 1 && Object.keys(gemm).length === 1;
    if (!numbers("sizes")) return "the sizes are not constant";
    if (!whole || (axis !== -1 && axis !== whole.length - 1)) return "it does not cut the last axis";
    if (!plain || value("bias").shape.length !== 1) return "Gemm is no linear layer";
    return outputs === whole.at(-1) || "the result is reshaped before it is cut";
  },
  replace({ emit, value, numbers, node, root }) {
    const sizes = numbers("sizes")!;
    const whole = emit.value(root.inputs[0] ?? "").shape;
    const biases = cut(emit, value("bias"), sizes);
    return cut(emit, value("weight"), sizes).map((part, i) => {
      const result = emit.op("Gemm", [value("x"), part, biases[i]!], node("gemm").attributes);
      return emit.op("Reshape", [result, emit.ints([...whole.slice(0, -1), sizes[i]!])]);
    });
  },
});

/**
 * Splits a linear layer whose result is cut (GEGLU's values and gates) into one linear layer for each part: the products
 * are the same, and the wide result is never written and copied. Comes after lowerLinearToGemm.
 */
export const splitProjections = rewrite("splitProjections", [splitOfLinear]);
