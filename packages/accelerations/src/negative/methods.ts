import type { NegativeMethod } from "@sunstep/pipeline";
import { negativeError } from "./errors.js";
import { type NegativeMethodName, negativeParameters } from "./parameters.js";

type Parameters = typeof negativeParameters;

/** A method by name with its parameters: `{ method: "nag", scale: 3 }`. */
export type NegativeMethodSpec = {
  readonly [Name in NegativeMethodName]: { readonly method: Name } & {
    readonly [Key in keyof Parameters[Name]["parameters"] | "sigmaEnd"]?: number;
  };
}[NegativeMethodName];

export const negativeMethodNames = Object.keys(negativeParameters) as readonly NegativeMethodName[];

/**
 * Makes a method of a name, or of a name and parameters. Those that are left out have their published values. The methods are
 * a module of their own in a build, which is loaded then.
 * @throws SunstepError NEGATIVE_METHOD, NEGATIVE_PARAMETER
 */
export async function negativeMethod(spec: NegativeMethodName | NegativeMethodSpec): Promise<NegativeMethod> {
  const { method, ...parameters } = typeof spec === "string" ? { method: spec } : spec;
  if (!Object.hasOwn(negativeParameters, method)) {
    throw negativeError(
      "NEGATIVE_METHOD",
      `negative ${JSON.stringify(method)}: is not known; known: ${negativeMethodNames.join(", ")}`,
      { method },
    );
  }
  const { makers } = await import("./makers.js");
  return makers[method](parameters);
}
