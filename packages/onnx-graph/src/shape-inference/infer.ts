import { onnxError } from "../errors.js";
import { elementwiseRules } from "./elementwise.js";
import { layoutRules } from "./layout.js";
import { linearAlgebraRules } from "./linear-algebra.js";
import { normalizationRules } from "./normalization.js";
import type { InferenceInput, InferenceRule, StaticType } from "./rule.js";

/** Keys are operator names; those of other domains than ai.onnx are "domain:Operator". */
const rules: ReadonlyMap<string, InferenceRule> = new Map(
  Object.entries({ ...elementwiseRules, ...linearAlgebraRules, ...layoutRules, ...normalizationRules }),
);

const key = (domain: string, op: string) => (domain === "" ? op : `${domain}:${op}`);

/** Output types of a node; throws GRAPH_SHAPE where the inputs do not fit the operator. */
export function inferTypes(domain: string, node: InferenceInput): readonly StaticType[] {
  const rule = rules.get(key(domain, node.op));
  if (!rule) {
    throw onnxError("ONNX_OPERATOR_UNKNOWN", `there is no shape rule for operator ${key(domain, node.op)}`, {
      op: node.op,
      domain,
    });
  }
  return rule(node);
}
