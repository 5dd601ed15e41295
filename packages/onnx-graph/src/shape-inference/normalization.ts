import { numberAttribute } from "../attributes.js";
import { sameAsFirst } from "./elementwise.js";
import { type InferenceRule, normalizeAxis, required, type StaticType } from "./rule.js";

/** Outputs: the result, the mean and the inverse standard deviation, with normalized axes of size 1. */
const layerNormalization: InferenceRule = (node) => {
  const x = required(node, 0);
  const axis = normalizeAxis(node, numberAttribute(node.attributes, "axis", -1), x.shape.length);
  const statistics: StaticType = { dtype: "float32", shape: x.shape.map((size, i) => (i < axis ? size : 1)) };
  return [x, statistics, statistics];
};

/** Outputs: normalized sum, mean, inverse standard deviation, the sum of input and skip. */
const skipLayerNormalization: InferenceRule = (node) => {
  const x = required(node, 0);
  const statistics: StaticType = {
    dtype: "float32",
    shape: x.shape.map((size, i) => (i < x.shape.length - 1 ? size : 1)),
  };
  return [x, statistics, statistics, x];
};

/** In training mode also the running mean and variance. */
const batchNormalization: InferenceRule = (node) => [
  required(node, 0),
  ...(numberAttribute(node.attributes, "training_mode", 0) === 1
    ? [required(node, 3), required(node, 4)]
    : []),
];

export const normalizationRules: Record<string, InferenceRule> = {
  LayerNormalization: layerNormalization,
  RMSNormalization: sameAsFirst,
  GroupNormalization: sameAsFirst,
  InstanceNormalization: sameAsFirst,
  BatchNormalization: batchNormalization,
  LpNormalization: sameAsFirst,
  "com.microsoft:GroupNorm": sameAsFirst,
  // Outputs: the normalized sum, and the sum.
  "com.microsoft:SkipGroupNorm": (node) => [required(node, 0), required(node, 0)],
  "com.microsoft:SkipLayerNormalization": skipLayerNormalization,
};
