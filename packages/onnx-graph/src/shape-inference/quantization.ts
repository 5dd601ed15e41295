import { type InferenceRule, required, type StaticType } from "./rule.js";

/** A product whose first operand is [.., k] and whose second is [k, n], in float32. */
const floatProduct: InferenceRule = (node) => {
  const [a, b] = [required(node, 0), required(node, 1)];
  return [{ dtype: "float32", shape: [...a.shape.slice(0, -1), b.shape.at(-1)!] }];
};

const scalar = (dtype: StaticType["dtype"]): StaticType => ({ dtype, shape: [] });

export const quantizationRules: Record<string, InferenceRule> = {
  // Outputs: the elements, their scale and their zero point.
  DynamicQuantizeLinear: (node) => [
    { dtype: "uint8", shape: required(node, 0).shape },
    scalar("float32"),
    scalar("uint8"),
  ],
  "com.microsoft:DynamicQuantizeMatMul": floatProduct,
  "com.microsoft:MatMulIntegerToFloat": floatProduct,
};
