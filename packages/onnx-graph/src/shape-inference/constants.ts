// Operators that give constants, and the shapes of values as values.
import { numberAttribute } from "../attributes.js";
import { type InferenceRule, required, requiredConstant, shapeError } from "./rule.js";

/** The sizes of axes `start` to `end`, of which either may count from the end. */
const shapeOf: InferenceRule = (node) => {
  const rank = required(node, 0).shape.length;
  const bound = (name: string, fallback: number) => {
    const at = numberAttribute(node.attributes, name, fallback);
    return Math.min(Math.max(at < 0 ? at + rank : at, 0), rank);
  };
  return [{ dtype: "int64", shape: [Math.max(0, bound("end", rank) - bound("start", 0))] }];
};

export const constantRules: Record<string, InferenceRule> = {
  Shape: shapeOf,
  Size: () => [{ dtype: "int64", shape: [] }],
  Range: (node) => {
    const [start, limit, step] = [0, 1, 2].map((i) => requiredConstant(node, i)[0]!) as [
      number,
      number,
      number,
    ];
    return [{ dtype: required(node, 0).dtype, shape: [Math.max(0, Math.ceil((limit - start) / step))] }];
  },
  ConstantOfShape: (node) => {
    const value = node.attributes.value;
    return [
      { dtype: value?.type === "tensor" ? value.value.dtype : "float32", shape: requiredConstant(node, 0) },
    ];
  },
  Constant: (node) => {
    const { value, value_float, value_int, value_ints, value_floats, value_string, value_strings } =
      node.attributes;
    if (value?.type === "tensor") return [{ dtype: value.value.dtype, shape: value.value.shape }];
    if (value_float) return [{ dtype: "float32", shape: [] }];
    if (value_int) return [{ dtype: "int64", shape: [] }];
    if (value_ints?.type === "ints") return [{ dtype: "int64", shape: [value_ints.value.length] }];
    if (value_string) return [{ dtype: "string", shape: [] }];
    if (value_strings?.type === "strings") return [{ dtype: "string", shape: [value_strings.value.length] }];
    if (value_floats?.type === "floats") return [{ dtype: "float32", shape: [value_floats.value.length] }];
    throw shapeError(node, "this kind of constant is not supported");
  },
};
