import { onnxError } from "../errors.js";
import { attentionRules } from "./attention.js";
import { constantRules } from "./constants.js";
import { elementwiseRules } from "./elementwise.js";
import { layoutRules } from "./layout.js";
import { linearAlgebraRules } from "./linear-algebra.js";
import { normalizationRules } from "./normalization.js";
import { quantizationRules } from "./quantization.js";
import { resizeRules } from "./resize.js";
import { type InferenceInput, type InferenceRule, type StaticType, shapeError } from "./rule.js";

/** Keys are operator names, and "domain:Operator" for other domains than ai.onnx. */
const rules: ReadonlyMap<string, InferenceRule> = new Map(
  Object.entries({
    ...elementwiseRules,
    ...linearAlgebraRules,
    ...attentionRules,
    ...layoutRules,
    ...normalizationRules,
    ...resizeRules,
    ...quantizationRules,
    ...constantRules,
  }),
);

const key = (domain: string, op: string) => (domain === "" ? op : `${domain}:${op}`);

/**
 * Infers the types of all outputs of a node.
 * @throws GRAPH_SHAPE where the inputs do not fit the operator, or where an output's type is not known
 */
export function inferTypes(domain: string, node: InferenceInput): readonly StaticType[] {
  const rule = rules.get(key(domain, node.op));
  if (!rule) {
    throw onnxError("ONNX_OPERATOR_UNKNOWN", `there is no shape rule for operator ${key(domain, node.op)}`, {
      op: node.op,
      domain,
    });
  }
  const types = rule(node).slice(0, node.outputCount);
  if (types.length < node.outputCount)
    throw shapeError(node, `there is no rule for its output ${types.length}`);
  const wrong = types.find(({ shape }) => !shape.every((size) => Number.isSafeInteger(size) && size >= 0));
  if (wrong) throw shapeError(node, `its output would have the shape [${wrong.shape.join(", ")}]`);
  return types;
}
