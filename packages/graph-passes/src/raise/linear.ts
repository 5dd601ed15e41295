import {
  ints,
  numberAttribute,
  type Pattern,
  type RewriteContext,
  type RewriteRule,
  rewrite,
  type Value,
} from "@sunstep/onnx-graph";

const linear = (...inputs: readonly (Pattern | string)[]): Pattern => ({
  op: "Reshape",
  inputs: [
    { op: "Gemm", as: "gemm", inputs: [{ op: "Reshape", inputs: ["x", "flat"], shared: true }, ...inputs] },
    "shape",
  ],
});

function product({ emit, value, node, index, root }: RewriteContext): Value | undefined {
  const [x, weight] = [value("x"), value("weight")];
  const { attributes } = node("gemm");
  const plain = numberAttribute(attributes, "transB", 0) === 1 && Object.keys(attributes).length === 1;
  const shape = index.type(root.outputs[0] ?? "")?.shape;
  const kept = shape?.join() === [...x.shape.slice(0, -1), weight.shape[0]].join();
  if (!plain || !kept || x.shape.at(-1) !== weight.shape[1]) return undefined;
  return emit.op("MatMul", [x, emit.op("Transpose", [weight], { perm: ints([1, 0]) })]);
}

const rules: readonly RewriteRule[] = [
  {
    name: "Gemm with a bias",
    pattern: linear("weight", "bias"),
    replace(context) {
      const result = product(context);
      return result && [context.emit.op("Add", [result, context.value("bias")])];
    },
  },
  {
    name: "Gemm",
    pattern: linear("weight"),
    replace(context) {
      const result = product(context);
      return result && [result];
    },
  },
];

/** Linear layers written as Gemm between two Reshapes, as x W^T + b again. */
export const raiseLinear = rewrite("raiseLinear", rules);
