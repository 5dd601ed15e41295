import type { Differentiable } from "../finite-differences.js";

/** What is differentiated to check rules, by operator and by what is particular about it. */
export type RuleCases = Readonly<Record<string, Readonly<Record<string, Differentiable>>>>;
