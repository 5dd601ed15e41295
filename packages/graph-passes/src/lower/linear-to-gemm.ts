import {
  defineRule,
  elementCount,
  int,
  intsAttribute,
  type MatchContext,
  type RewriteContext,
  rewrite,
  type Value,
} from "@sunstep/onnx-graph";

const product = {
  op: "MatMul",
  inputs: ["x", { op: "Transpose", as: "transpose", inputs: ["weight"], shared: true }],
} as const;

function isTransposed({ value, node }: MatchContext): true | string {
  const swapped = (intsAttribute(node("transpose").attributes, "perm") ?? [1, 0]).join() === "1,0";
  return (value("weight").shape.length === 2 && swapped) || "the weight is no transposed matrix";
}

function gemm({ emit, value }: RewriteContext, bias: readonly Value[]): readonly Value[] {
  const [x, weight] = [value("x"), value("weight")];
  const [outputs = 0, inputs = 0] = weight.shape;
  const outer = x.shape.slice(0, -1);
  const flat = emit.op("Reshape", [x, emit.ints([elementCount(outer), inputs])]);
  const result = emit.op("Gemm", [flat, weight, ...bias], { transB: int(1) });
  return [emit.op("Reshape", [result, emit.ints([...outer, outputs])])];
}

const biased = defineRule({
  name: "x W^T + b",
  pattern: { op: "Add", inputs: [product, "bias"], commutative: true },
  check(match) {
    const { value } = match;
    const isVector = value("bias").shape.join() === String(value("weight").shape[0]);
    return isVector ? isTransposed(match) : "the summand is no bias";
  },
  replace: (context) => gemm(context, [context.value("bias")]),
});

const unbiased = defineRule({
  name: "x W^T",
  pattern: product,
  check: isTransposed,
  replace: (context) => gemm(context, []),
});

/**
 * Writes linear layers as Gemm on the weight as it is stored, [outputs, inputs]. ONNX Runtime would make a transposed copy
 * of each weight at load before packing it; without the copies, loading SD1.5's U-Net needs 0.5 GB less.
 */
export const lowerLinearToGemm = rewrite("lowerLinearToGemm", [biased, unbiased]);
