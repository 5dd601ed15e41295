import {
  defineRule,
  ints,
  type MatchContext,
  numberAttribute,
  type RewriteContext,
  rewrite,
  type Value,
} from "@sunstep/onnx-graph";

const linear = <const Inputs extends readonly string[]>(...inputs: Inputs) =>
  ({
    op: "Reshape",
    inputs: [
      { op: "Gemm", as: "gemm", inputs: [{ op: "Reshape", inputs: ["x", "flat"], shared: true }, ...inputs] },
      "shape",
    ],
  }) as const;

function isLinear({ value, node, index, root }: MatchContext): true | string {
  const [x, weight] = [value("x"), value("weight")];
  const { attributes } = node("gemm");
  if (numberAttribute(attributes, "transB", 0) !== 1 || Object.keys(attributes).length !== 1)
    return "Gemm is not x W^T";
  const shape = index.type(root.outputs[0] ?? "")?.shape;
  const kept = shape?.join() === [...x.shape.slice(0, -1), weight.shape[0]].join();
  return (kept && x.shape.at(-1) === weight.shape[1]) || "the outer dimensions do not stay";
}

function product({ emit, value }: RewriteContext): Value {
  return emit.op("MatMul", [value("x"), emit.op("Transpose", [value("weight")], { perm: ints([1, 0]) })]);
}

const biased = defineRule({
  name: "Gemm with a bias",
  pattern: linear("weight", "bias"),
  check: isLinear,
  replace: (context) => [context.emit.op("Add", [product(context), context.value("bias")])],
});

const unbiased = defineRule({
  name: "Gemm",
  pattern: linear("weight"),
  check: isLinear,
  replace: (context) => [product(context)],
});

/** Raises Gemm between two Reshapes, as ONNX Runtime's optimizer fuses linear layers, to x W^T + b. */
export const raiseLinear = rewrite("raiseLinear", [biased, unbiased]);
