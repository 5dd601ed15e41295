import type { Field } from "@sunstep/errors";
import { pipelineError } from "../errors.js";

/** @throws PIPELINE_OPTION */
export function readOption<T>(option: string, field: Field<T>, value: unknown): T {
  const taken = field.read(value);
  if (taken !== undefined) return taken;
  throw pipelineError("PIPELINE_OPTION", `${option} ${String(value)}: must be ${field.expects}`, {
    option,
    value,
  });
}
