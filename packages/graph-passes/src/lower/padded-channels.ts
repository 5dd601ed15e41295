import {
  type NodeEmitter,
  numberAttribute,
  type RewriteRule,
  rewrite,
  type Value,
} from "@sunstep/onnx-graph";

/** Adds zeros behind the channels, axis 1. */
function pad(emit: NodeEmitter, x: Value, channels: number): Value {
  const pads = [0, 0, 0, 0, 0, channels, 0, 0];
  return emit.op("Pad", [x, emit.ints(pads)]);
}

const convolution = (bias: readonly string[]): RewriteRule => ({
  name: "Conv over a multiple of three channels",
  pattern: { op: "Conv", inputs: ["x", "kernel", ...bias] },
  replace({ emit, value, attributes }) {
    const kernel = value("kernel");
    const channels = kernel.shape[1] ?? 0;
    const wrong = channels > 3 && channels % 3 === 0 && channels % 4 !== 0;
    if (!wrong || kernel.shape.length !== 4 || numberAttribute(attributes, "group", 1) !== 1)
      return undefined;
    const padded = ["x", "kernel"].map((name) => pad(emit, value(name), 4 - (channels % 4)));
    return [emit.op("Conv", [...padded, ...bias.map(value)], attributes)];
  },
});

/**
 * Channels of zeros for convolutions over 6, 9, 15, ... channels, up to a multiple of four: ONNX Runtime's WebGPU
 * provider (1.30) reads threes of channels and computes something else where there is more than one three
 * (https://github.com/microsoft/onnxruntime/issues/29651). Inpainting U-Nets have 9.
 */
export const paddedChannels = rewrite("paddedChannels", [convolution([]), convolution(["bias"])]);
