/**
 * A node's inputs without absent ones (empty names) at the end, which say the same as none (ONNX's docs/IR.md, Optional
 * Inputs and Outputs). ONNX Runtime's WebGPU convolution takes an absent bias at the end for one that is there.
 */
export function withoutAbsentAtEnd(inputs: readonly string[]): string[] {
  return inputs.slice(0, inputs.findLastIndex((name) => name !== "") + 1);
}
