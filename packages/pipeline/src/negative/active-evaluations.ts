import { noiseLevels, type SchedulerConfig } from "@sunstep/scheduler";
import { pipelineWarning } from "../errors.js";
import type { NegativeUse } from "./negative-method.js";

/** Tells for each evaluation of a run whether a method is used at its noise level. */
export function activeEvaluations(
  { method }: NegativeUse,
  timesteps: readonly number[],
  config: SchedulerConfig,
): readonly boolean[] {
  const { sigmaEnd = 0 } = method;
  if (sigmaEnd <= 0) return timesteps.map(() => true);
  return noiseLevels(config, timesteps).map((sigma) => sigma >= sigmaEnd);
}

/** The warning of a method that is used at no step. */
export function neverActive({ method }: NegativeUse) {
  return pipelineWarning(
    "NEGATIVE_PROMPT_UNUSED",
    `${method.name} has no effect: it ends at a noise level of ${method.sigmaEnd}, and all steps of the run have less noise; let it end later`,
    { method: method.name, sigmaEnd: method.sigmaEnd },
  );
}
