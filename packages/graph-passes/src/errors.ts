import { defineErrors } from "@sunstep/errors";

/** Codes of the errors that passes throw. */
export const [graphPassErrors, passError] = defineErrors({
  PASS_UNSUPPORTED: "a graph holds a form that the target of lowering cannot express",
  PASS_NOTHING_TO_HOIST: "no part of a graph depends on the named inputs alone",
});

export type GraphPassErrorCode = keyof typeof graphPassErrors;
