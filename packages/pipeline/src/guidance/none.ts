import type { Guidance } from "./guidance.js";

/** One evaluation, of the prompt. */
export const noGuidance: Guidance = {
  name: "none",
  evaluationsPerStep: 1,
  readsNegative: false,
  predict: (evaluate, { positive }) => evaluate(positive),
};
