import { SunstepError } from "@sunstep/errors";

/** What can go wrong in a pass, by code. */
export const graphPassErrors = {
  LOWERING_UNSUPPORTED: "a graph holds a form that the target of lowering cannot express",
  NOTHING_TO_HOIST: "no part of a graph depends on the inputs that were named alone",
} as const;

export type GraphPassErrorCode = keyof typeof graphPassErrors;

export function passError(
  code: GraphPassErrorCode,
  message: string,
  details: Record<string, unknown>,
): SunstepError {
  return new SunstepError(code, message, details);
}
