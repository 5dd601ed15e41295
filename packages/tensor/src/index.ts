export { decodeBfloat16, encodeBfloat16 } from "./bfloat16.js";
export {
  arrayClasses,
  bytesPerElement,
  type DataType,
  type DataTypeArrays,
  dataTypes,
  isDataType,
} from "./data-type.js";
export { tensorErrors } from "./errors.js";
export { type Float8Format, float8Values } from "./float8.js";
export { decodeFloat16, encodeFloat16 } from "./float16.js";
export { PhiloxGenerator } from "./philox-generator.js";
export { roundHalfToEven } from "./round-half-to-even.js";
export { solveLinear } from "./solve-linear.js";
export { elementCount, type Tensor, tensor, zeros } from "./tensor.js";
export { toFloat32 } from "./to-float32.js";
export { TorchGenerator } from "./torch-generator.js";
