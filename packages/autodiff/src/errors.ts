import { defineErrors } from "@sunstep/errors";

/** Codes of the errors that `gradients` throws. */
export const [autodiffErrors, autodiffError] = defineErrors({
  AUTODIFF_UNKNOWN_VALUE: "the graph has no such value",
  AUTODIFF_NAME_TAKEN: "a gradient's name is taken by a value of the graph",
  AUTODIFF_OPSET: "the model's operator set is older than the operators of gradients",
  AUTODIFF_LOSS: "the loss is not one floating-point number",
  AUTODIFF_UNREACHABLE: "the loss does not depend on a requested value",
  AUTODIFF_NO_RULE: "there is no gradient rule for an operator",
  AUTODIFF_UNSUPPORTED: "the operator's gradient rule does not cover this form",
});

export type AutodiffErrorCode = keyof typeof autodiffErrors;
