import { type Model, type Pass, type RewriteRule, rewrite } from "@sunstep/onnx-graph";

/** The domain of ONNX Runtime's own operators (docs/ContribOperators.md in its repository). */
export const CONTRIB_DOMAIN = "com.microsoft";

/** A rewrite to ONNX Runtime's own operators; the model then declares their domain. */
export function rewriteToContrib(name: string, rules: readonly RewriteRule[]): Pass {
  const pass = rewrite(name, rules);
  return {
    name,
    run(model, options) {
      const result = pass.run(model, options);
      return result.modified ? { model: withOpset(result.model, CONTRIB_DOMAIN, 1), modified: true } : result;
    },
  };
}

export function withOpset(model: Model, domain: string, version: number): Model {
  return { ...model, opsets: { ...model.opsets, [domain]: version } };
}
