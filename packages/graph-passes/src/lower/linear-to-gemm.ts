import {
  elementCount,
  int,
  intsAttribute,
  type Pattern,
  type RewriteContext,
  type RewriteRule,
  rewrite,
  type Value,
} from "@sunstep/onnx-graph";

const product: Pattern = {
  op: "MatMul",
  inputs: ["x", { op: "Transpose", as: "transpose", inputs: ["weight"], shared: true }],
};

function gemm({ emit, value, node }: RewriteContext, bias?: Value): readonly Value[] | undefined {
  const [x, weight] = [value("x"), value("weight")];
  const [outputs = 0, inputs = 0] = weight.shape;
  const swapped = (intsAttribute(node("transpose").attributes, "perm") ?? [1, 0]).join() === "1,0";
  if (weight.shape.length !== 2 || !swapped || (bias && bias.shape.join() !== String(outputs)))
    return undefined;
  const outer = x.shape.slice(0, -1);
  const flat = emit.op("Reshape", [x, emit.ints([elementCount(outer), inputs])]);
  const result = emit.op("Gemm", [flat, weight, ...(bias ? [bias] : [])], { transB: int(1) });
  return [emit.op("Reshape", [result, emit.ints([...outer, outputs])])];
}

const rules: readonly RewriteRule[] = [
  {
    name: "x W^T + b",
    pattern: { op: "Add", inputs: [product, "bias"], commutative: true },
    replace: (context) => gemm(context, context.value("bias")),
  },
  { name: "x W^T", pattern: product, replace: (context) => gemm(context) },
];

/**
 * Linear layers as Gemm on the weight as it is stored, [outputs, inputs]. ONNX Runtime would make a transposed copy of
 * each weight at load before packing it: without, loading SD1.5's U-Net needs 0.5 GB less.
 */
export const linearToGemm = rewrite("linearToGemm", rules);
