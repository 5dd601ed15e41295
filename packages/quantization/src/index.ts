export type { QuantizationOptions } from "./eligibility.js";
export { type ExactProducts, exactProducts } from "./exact-products.js";
export { isQuantized } from "./products.js";
export { quantize } from "./quantize.js";
