import { defineErrors, defineWarnings } from "@sunstep/errors";

/** Codes of the errors of negative methods. */
export const [negativeErrors, negativeError] = defineErrors({
  NEGATIVE_METHOD: "a method for negative prompts has a name that is not known",
  NEGATIVE_PARAMETER: "a parameter of a method for negative prompts is unknown, or out of its range",
});

/** Codes of the warnings of negative methods. */
export const [negativeWarnings, negativeWarning] = defineWarnings({
  NEGATIVE_WITHOUT_EFFECT: "the parameters of a method for negative prompts switch it off",
});
