import { type Initializer, inlineNumbers } from "@sunstep/onnx-graph";
import { encodeFloat16 } from "@sunstep/tensor";

/** The same constant, rounded to float16. */
export function float16Bits(initializer: Initializer): Initializer {
  const bits = encodeFloat16(Float32Array.from(inlineNumbers(initializer)!));
  return { ...initializer, dtype: "float16", data: { kind: "inline", bytes: new Uint8Array(bits.buffer) } };
}
