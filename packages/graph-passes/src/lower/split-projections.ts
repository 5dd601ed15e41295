import {
  int,
  type NodeEmitter,
  numberAttribute,
  type RewriteRule,
  rewrite,
  type Value,
} from "@sunstep/onnx-graph";

/** Cuts a weight or a bias along its first axis; ONNX Runtime folds that at load. */
function cut(emit: NodeEmitter, weight: Value, sizes: readonly number[]): readonly Value[] {
  return emit.ops("Split", [weight, emit.ints(sizes)], sizes.length, { axis: int(0) });
}

const splitOfLinear: RewriteRule = {
  name: "Split of Gemm",
  pattern: {
    op: "Split",
    inputs: [
      { op: "Reshape", inputs: [{ op: "Gemm", as: "gemm", inputs: ["x", "weight", "bias"] }, "shape"] },
      "sizes",
    ],
  },
  replace({ emit, value, node, attributes, index, root }) {
    const sizes = emit.constantNumbers(value("sizes"));
    const whole = emit.value(root.inputs[0] ?? "").shape;
    const outputs = index.type(node("gemm").outputs[0] ?? "")?.shape?.[1];
    const axis = numberAttribute(attributes, "axis", 0);
    const last = axis === -1 || axis === whole.length - 1;
    const gemm = node("gemm").attributes;
    const plain = numberAttribute(gemm, "transB", 0) === 1 && Object.keys(gemm).length === 1;
    if (!sizes || !last || !plain || outputs !== whole.at(-1) || value("bias").shape.length !== 1)
      return undefined;
    const biases = cut(emit, value("bias"), sizes);
    return cut(emit, value("weight"), sizes).map((part, i) => {
      const result = emit.op("Gemm", [value("x"), part, biases[i]!], gemm);
      return emit.op("Reshape", [result, emit.ints([...whole.slice(0, -1), sizes[i]!])]);
    });
  },
};

/**
 * A linear layer whose result is cut in parts (GEGLU's values and gates) as one linear layer per part: the same
 * products, and the wide result is never written and copied. Comes after linearToGemm.
 */
export const splitProjections = rewrite("splitProjections", [splitOfLinear]);
