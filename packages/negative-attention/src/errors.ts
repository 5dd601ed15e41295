import { defineErrors } from "@sunstep/errors";

/** Codes of the errors that this package throws. */
export const [negativeAttentionErrors, negativeAttentionError] = defineErrors({
  NEGATIVE_NO_CROSS_ATTENTION: "the graph has no cross-attention",
  NEGATIVE_ALREADY_ADDED: "the graph reads negative prompts already",
  NEGATIVE_PROJECTION:
    "keys or values are made of the prompt in a way that cannot be repeated for another prompt",
  NEGATIVE_MASK: "a cross-attention has a mask, which the method does not take",
});

export type NegativeAttentionErrorCode = keyof typeof negativeAttentionErrors;
