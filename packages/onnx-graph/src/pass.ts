import { SunstepError } from "@sunstep/errors";
import { onnxError } from "./errors.js";
import type { Model } from "./model.js";

/** The result of a pass; `modified` is false where the pass found nothing to do and returned its argument. */
export interface PassResult {
  readonly model: Model;
  readonly modified: boolean;
}

/** A rewrite rule that recognised an operator and did not apply to it. */
export interface Miss {
  readonly pass: string;
  readonly rule: string;
  /** The node that the rule began at. */
  readonly node: string;
  readonly reason: string;
}

export interface PassOptions {
  /** Called for each rule that does not apply, to find out why a graph is not rewritten. */
  readonly onMiss?: (miss: Miss) => void;
}

/** A transformation of models, a value with a name. */
export interface Pass {
  readonly name: string;
  run(model: Model, options?: PassOptions): PassResult;
}

/**
 * Runs passes one after the other. The message and the details (`pass`, `after`) of an error name the pass that threw it
 * and the passes before it.
 * @throws GRAPH_PASS_FAILED where a pass throws anything but a SunstepError, which then is the `cause`
 */
export function runPasses(model: Model, passes: readonly Pass[], options?: PassOptions): PassResult {
  return passes.reduce<PassResult>(
    (before, pass, i) => {
      const after = runPass(before.model, pass, passes.slice(0, i), options);
      return { model: after.model, modified: before.modified || after.modified };
    },
    { model, modified: false },
  );
}

function runPass(
  model: Model,
  pass: Pass,
  before: readonly Pass[],
  options: PassOptions | undefined,
): PassResult {
  try {
    return pass.run(model, options);
  } catch (error) {
    const after = before.map(({ name }) => name);
    const place = `in pass ${pass.name}${after.length > 0 ? ` after ${after.join(", ")}` : ""}`;
    const details = { pass: pass.name, after, cause: error };
    if (!SunstepError.isInstance(error)) throw onnxError("GRAPH_PASS_FAILED", `${error} (${place})`, details);
    throw new SunstepError(error.code, `${error.message} (${place})`, { ...error.details, ...details });
  }
}
