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
  check({ value, attributes }) {
    const { shape } = value("kernel");
    const [, channels = 0] = shape;
    if (channels <= 3 || channels % 3 !== 0 || channels % 4 === 0)
      return `${channels} channels come out right`;
    return (
      (shape.length === 4 && numberAttribute(attributes, "group", 1) === 1) || "it is not 2D, or has groups"
    );
  },
  replace({ emit, value, attributes }) {
    const [, channels = 0] = value("kernel").shape;
    const padded = ["x", "kernel"].map((name) => pad(emit, value(name), 4 - (channels % 4)));
    return [emit.op("Conv", [...padded, ...bias.map(value)], attributes)];
  },
});

/**
 * Pads convolutions over 6, 9, 15, ... channels with zeros to a multiple of four: ONNX Runtime's WebGPU provider (1.30)
 * reads channels in threes and gets more than one three wrong (https://github.com/microsoft/onnxruntime/issues/29651).
 * Inpainting U-Nets have 9.
 */
export const padChannels = rewrite("padChannels", [convolution([]), convolution(["bias"])]);
