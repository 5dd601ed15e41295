import type { NegativeMethodName } from "./methods.js";
import { nag } from "./nag.js";
import { nasa } from "./nasa.js";
import { vsf } from "./vsf.js";

/** The methods by name. */
export const makers = { nag, nasa, vsf } as const satisfies Readonly<Record<NegativeMethodName, unknown>>;
