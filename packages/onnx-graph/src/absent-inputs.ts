/**
 * Drops absent inputs (empty names) at the end of a list, which mean the same as none (ONNX's docs/IR.md, Optional Inputs
 * and Outputs). ONNX Runtime's WebGPU convolution takes an absent bias at the end for a present one.
 */
export function withoutAbsentAtEnd(inputs: readonly string[]): string[] {
  return inputs.slice(0, inputs.findLastIndex((name) => name !== "") + 1);
}
