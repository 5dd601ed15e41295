export type { NegativeAttentionOptions } from "./add-negative-branch.js";
export { type NegativeAttentionErrorCode, negativeAttentionErrors } from "./errors.js";
export { addNag } from "./nag.js";
export { addNasa } from "./nasa.js";
export { addVsf, VSF_MASKED } from "./vsf.js";
