import { defineErrors } from "@sunstep/errors";

/** What can go wrong in a pass, by code. */
export const [graphPassErrors, passError] = defineErrors({
  PASS_UNSUPPORTED: "a graph holds a form that the target of lowering cannot express",
  PASS_NOTHING_TO_HOIST: "no part of a graph depends on the inputs that were named alone",
});

export type GraphPassErrorCode = keyof typeof graphPassErrors;
