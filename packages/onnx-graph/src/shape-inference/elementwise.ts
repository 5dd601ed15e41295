import { numberAttribute } from "../attributes.js";
import type { DataType } from "../model.js";
import { dataTypeOfCode } from "../onnx/data-type-codes.js";
import { broadcast, type InferenceInput, type InferenceRule, required } from "./rule.js";

export const sameAsFirst: InferenceRule = (node) => [required(node, 0)];

const arithmetic: InferenceRule = (node) => {
  const shapes = node.inputs.map((_, i) => required(node, i).shape);
  return [{ dtype: required(node, 0).dtype, shape: broadcast(node, ...shapes) }];
};

const comparison: InferenceRule = (node) => [
  { dtype: "bool", shape: broadcast(node, required(node, 0).shape, required(node, 1).shape) },
];

/** The attribute `output_dtype`, if it is set; 0 stands for the type of another input. */
function outputDtype(node: InferenceInput): DataType | undefined {
  const code = numberAttribute(node.attributes, "output_dtype", 0);
  return code === 0 ? undefined : dataTypeOfCode(code, node.op);
}

const named = (rule: InferenceRule, ops: string) =>
  Object.fromEntries(ops.split(" ").map((op) => [op, rule]));

export const elementwiseRules: Record<string, InferenceRule> = {
  ...named(
    sameAsFirst,
    "Abs Acos Asin Atan Ceil Clip Cos Elu Erf Exp Floor Gelu HardSigmoid HardSwish Identity LeakyRelu Log " +
      "LogSoftmax Mish Neg Not RandomNormalLike RandomUniformLike Reciprocal Relu Round Selu Sigmoid Sign Sin Sinh Softmax Softplus Softsign Sqrt " +
      "Tan Tanh ThresholdedRelu Trilu CumSum Swish com.microsoft:QuickGelu com.microsoft:Gelu " +
      "com.microsoft:FastGelu com.microsoft:BiasGelu com.microsoft:BiasAdd",
  ),
  ...named(arithmetic, "Add Sub Mul Div Pow Mod Max Min Mean Sum PRelu BitwiseAnd BitwiseOr"),
  ...named(comparison, "Equal Greater GreaterOrEqual Less LessOrEqual And Or Xor"),
  Where: (node) => [
    {
      dtype: required(node, 1).dtype,
      shape: broadcast(node, required(node, 0).shape, required(node, 1).shape, required(node, 2).shape),
    },
  ],
  Cast: (node) => [
    {
      dtype: dataTypeOfCode(numberAttribute(node.attributes, "to", 1), node.op),
      shape: required(node, 0).shape,
    },
  ],
  CastLike: (node) => [{ dtype: required(node, 1).dtype, shape: required(node, 0).shape }],
  // com.microsoft.BiasSplitGelu: x [.., 2n] + bias, first half times gelu of the second
  "com.microsoft:BiasSplitGelu": (node) => {
    const { dtype, shape } = required(node, 0);
    return [{ dtype, shape: [...shape.slice(0, -1), shape.at(-1)! / 2] }];
  },
  // Outputs: the result, and the mask of kept elements.
  Dropout: (node) => [required(node, 0), { dtype: "bool", shape: required(node, 0).shape }],
  IsNaN: (node) => [{ dtype: "bool", shape: required(node, 0).shape }],
  IsInf: (node) => [{ dtype: "bool", shape: required(node, 0).shape }],
  DequantizeLinear: (node) => [
    { dtype: outputDtype(node) ?? required(node, 1).dtype, shape: required(node, 0).shape },
  ],
  QuantizeLinear: (node) => [
    { dtype: outputDtype(node) ?? node.inputs[2]?.dtype ?? "uint8", shape: required(node, 0).shape },
  ],
};
