import type { NegativeMethod } from "@sunstep/pipeline";
import { negativeError } from "./errors.js";
import { nag } from "./nag.js";
import { nasa } from "./nasa.js";
import { vsf } from "./vsf.js";

/** Methods by the names that users give. */
export const negativeMethods = { nag, nasa, vsf } as const;

type Methods = typeof negativeMethods;

/** Names of the methods that read negative prompts in the network's attention. */
export type NegativeMethodName = keyof Methods;

/** A method by name with its parameters: `{ method: "nag", scale: 3 }`. */
export type NegativeMethodSpec = {
  readonly [Name in NegativeMethodName]: { readonly method: Name } & NonNullable<
    Parameters<Methods[Name]>[0]
  >;
}[NegativeMethodName];

export const negativeMethodNames = Object.keys(negativeMethods) as readonly NegativeMethodName[];

/**
 * Makes a method of a name, or of a name and parameters. Those that are left out have their published values.
 * @throws SunstepError NEGATIVE_METHOD, NEGATIVE_PARAMETER
 */
export function negativeMethod(spec: NegativeMethodName | NegativeMethodSpec): NegativeMethod {
  const { method, ...parameters } = typeof spec === "string" ? { method: spec } : spec;
  if (Object.hasOwn(negativeMethods, method)) return negativeMethods[method](parameters);
  throw negativeError(
    "NEGATIVE_METHOD",
    `negative ${JSON.stringify(method)}: is not known; known: ${negativeMethodNames.join(", ")}`,
    { method },
  );
}
