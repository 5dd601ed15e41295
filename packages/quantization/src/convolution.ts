import { numberAttribute, type RewriteRule, staticShape, stringAttribute } from "@sunstep/onnx-graph";
import { geometryOf, isPointwise } from "./conv-geometry.js";
import type { Eligibility } from "./eligibility.js";
import { emitPointwiseConvolution } from "./pointwise-convolution.js";
import { emitSpatialConvolution } from "./spatial-convolution.js";

const convolution = (bias: readonly string[], isEligible: Eligibility): RewriteRule => ({
  name: "Convolution",
  pattern: { op: "Conv", inputs: ["x", "kernel", ...bias] },
  check({ value, attributes, index, root }) {
    const result = staticShape(index.type(root.outputs[0] ?? "")?.shape);
    if (value("kernel").shape.length !== 4) return "it is not two-dimensional";
    if (numberAttribute(attributes, "group", 1) !== 1) return "it has groups";
    if (stringAttribute(attributes, "auto_pad", "NOTSET") !== "NOTSET") return "its padding is automatic";
    if (!result) return "the size of its result is not known";
    const [batch = 1, , height = 1, width = 1] = result;
    return isEligible(value("x"), value("kernel"), batch * height * width);
  },
  replace(context) {
    const emit = isPointwise(geometryOf(context)) ? emitPointwiseConvolution : emitSpatialConvolution;
    return [emit(context, bias.map(context.value)[0])];
  },
});

export const convolutionRules = (isEligible: Eligibility): readonly RewriteRule[] => [
  convolution(["bias"], isEligible),
  convolution([], isEligible),
];
