import { nag } from "./nag.js";
import { nasa } from "./nasa.js";
import type { NegativeMethodName } from "./parameters.js";
import { vsf } from "./vsf.js";

/** The methods by name. */
export const makers = { nag, nasa, vsf } as const satisfies Readonly<Record<NegativeMethodName, unknown>>;
