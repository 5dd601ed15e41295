import { defineErrors } from "@sunstep/errors";

/** What can be wrong with a question for gradients, by code. */
export const [autodiffErrors, autodiffError] = defineErrors({
  AUTODIFF_UNKNOWN_VALUE: "the graph has no such value",
  AUTODIFF_NAME_TAKEN: "the graph has a value of the name that a gradient is to have",
  AUTODIFF_OPSET: "the model's operator set is too old for what gradients are made of",
  AUTODIFF_LOSS: "the loss is not one floating-point number",
  AUTODIFF_UNREACHABLE: "the loss does not depend on a value that a gradient is wanted for",
  AUTODIFF_NO_RULE: "there is no gradient rule for an operator",
  AUTODIFF_UNSUPPORTED: "the operator's rule does not cover this form of it",
});

export type AutodiffErrorCode = keyof typeof autodiffErrors;
