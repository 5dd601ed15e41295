import { decodeBfloat16 } from "./bfloat16.js";
import { decodeFloat16 } from "./float16.js";
import type { Tensor } from "./tensor.js";

/** The elements as float32: the tensor's own array if it is float32, a rounded copy otherwise. */
export function toFloat32(tensor: Tensor): Float32Array {
  switch (tensor.dtype) {
    case "float32":
      return tensor.data as Float32Array;
    case "float16":
      return decodeFloat16(tensor.data as Uint16Array);
    case "bfloat16":
      return decodeBfloat16(tensor.data as Uint16Array);
    default:
      return Float32Array.from<number | bigint>(tensor.data, Number);
  }
}
