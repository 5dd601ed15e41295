import {
  type Attributes,
  defineRule,
  ints,
  type MatchContext,
  numberAttribute,
  type Pattern,
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
  if (!isPlain(attributes)) return "Gemm is not x W^T";
  const sizes = numberAttribute(attributes, "transB", 0) === 1 ? weight.shape.toReversed() : weight.shape;
  const [inputs, outputs] = sizes;
  const shape = index.type(root.outputs[0] ?? "")?.shape;
  const kept = shape?.join() === [...x.shape.slice(0, -1), outputs].join();
  return (kept && x.shape.at(-1) === inputs) || "the outer dimensions do not stay";
}

/** Tells whether Gemm computes x W or x W^T, and nothing more. */
function isPlain(attributes: Attributes): boolean {
  const numbers = (["alpha", "beta"] as const).map((name) => numberAttribute(attributes, name, 1));
  return numbers.every((number) => number === 1) && numberAttribute(attributes, "transA", 0) === 0;
}

function product({ emit, value }: Pick<RewriteContext, "emit" | "value">, attributes: Attributes): Value {
  const weight = value("weight");
  const isTransposed = numberAttribute(attributes, "transB", 0) === 1;
  const factor = isTransposed ? emit.op("Transpose", [weight], { perm: ints([1, 0]) }) : weight;
  return emit.op("MatMul", [value("x"), factor]);
}

const biased = defineRule({
  name: "Gemm with a bias",
  pattern: linear("weight", "bias"),
  check: isLinear,
  replace: (context) => [
    context.emit.op("Add", [product(context, context.node("gemm").attributes), context.value("bias")]),
  ],
});

const unbiased = defineRule({
  name: "Gemm",
  pattern: linear("weight"),
  check: isLinear,
  replace: (context) => [product(context, context.node("gemm").attributes)],
});

const ofRows = (pattern: Pattern & { readonly inputs: readonly string[] }) =>
  defineRule({
    name: "Gemm of [rows, inputs]",
    pattern,
    check: ({ attributes, value }) =>
      (isPlain(attributes) && value("x").shape.length === 2) || "Gemm is not x W^T + b",
    replace(context) {
      const made = product(context, context.attributes);
      const isBiased = pattern.inputs.includes("bias");
      return [isBiased ? context.emit.op("Add", [made, context.value("bias")]) : made];
    },
  });

/** Raises Gemm between two Reshapes, as ONNX Runtime's optimizer fuses linear layers, to x W^T + b; and Gemm of rows. */
export const raiseLinear = rewrite("raiseLinear", [
  biased,
  unbiased,
  ofRows({ op: "Gemm", inputs: ["x", "weight", "bias"] }),
  ofRows({ op: "Gemm", inputs: ["x", "weight"] }),
]);
