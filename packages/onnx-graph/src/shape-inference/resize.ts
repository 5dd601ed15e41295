import { intsAttribute, stringAttribute } from "../attributes.js";
import { type InferenceRule, normalizeAxis, required, requiredConstant, shapeError } from "./rule.js";

/** The scale that keeps the aspect ratio, out of the scales of single axes. */
const aspectPolicies: Readonly<Record<string, (...scales: number[]) => number>> = {
  not_larger: Math.min,
  not_smaller: Math.max,
};

const resize: InferenceRule = (node) => {
  const { dtype, shape } = required(node, 0);
  const along = (intsAttribute(node.attributes, "axes") ?? shape.map((_, i) => i)).map((axis) =>
    normalizeAxis(node, axis, shape.length),
  );
  const resized = [...shape];
  if (node.inputs[3]) {
    const sizes = requiredConstant(node, 3);
    const policy = aspectPolicies[stringAttribute(node.attributes, "keep_aspect_ratio_policy", "stretch")];
    const scale = policy?.(...along.map((axis, i) => sizes[i]! / shape[axis]!));
    along.forEach((axis, i) => {
      // Math.round rounds halves up, as the operator specification does.
      resized[axis] = scale === undefined ? sizes[i]! : Math.round(scale * shape[axis]!);
    });
    return [{ dtype, shape: resized }];
  }
  if (stringAttribute(node.attributes, "coordinate_transformation_mode", "") === "tf_crop_and_resize")
    throw shapeError(node, "tf_crop_and_resize is not supported with scales");
  const scales = requiredConstant(node, node.opset < 11 ? 1 : 2);
  along.forEach((axis, i) => {
    // Scales are float32, and so is the product.
    resized[axis] = Math.floor(Math.fround(shape[axis]! * scales[i]!));
  });
  return [{ dtype, shape: resized }];
};

export const resizeRules: Record<string, InferenceRule> = { Resize: resize };
