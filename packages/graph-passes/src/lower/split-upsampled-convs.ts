import {
  defineRule,
  int,
  ints,
  intsAttribute,
  type MatchContext,
  type NodeEmitter,
  numberAttribute,
  rewrite,
  stringAttribute,
  type Value,
} from "@sunstep/onnx-graph";

/**
 * The 2-tap kernels that a 3-tap kernel becomes on the small image, for even and for odd positions of the doubled one: the
 * left neighbour of an even position lies in the small image's left neighbour, and the position itself and its right
 * neighbour are the same pixel.
 */
const axisPhases = [
  {
    taps: [
      [1, 0, 0],
      [0, 1, 1],
    ],
    pads: [1, 0],
  },
  {
    taps: [
      [1, 1, 0],
      [0, 0, 1],
    ],
    pads: [0, 1],
  },
] as const;

/** One of a pixel's four copies: its 2x2 kernel as sums of the 3x3 kernel's taps, and its padding. */
interface Phase {
  /** [9, 4], row-major: 3x3 taps to 2x2 taps. */
  readonly mixing: readonly number[];
  /** [top, left, bottom, right] */
  readonly pads: readonly number[];
}

/** Rows, then columns. The mixing is the Kronecker product of both directions' taps, transposed. */
const phases: readonly (readonly Phase[])[] = axisPhases.map((row) =>
  axisPhases.map((column) => ({
    mixing: Array.from({ length: 36 }, (_, i) => {
      const [tap, target] = [i >> 2, i & 3];
      return row.taps[target >> 1]![Math.floor(tap / 3)]! * column.taps[target & 1]![tap % 3]!;
    }),
    pads: [row.pads[0], column.pads[0], row.pads[1], column.pads[1]],
  })),
);

/** Kernel [out, in, 3, 3] -> [out, in, 2, 2]; constant, so ONNX Runtime folds it at load. */
function phaseKernel(emit: NodeEmitter, kernel: Value, { mixing }: Phase): Value {
  const [out = 1, inputs = 1] = kernel.shape;
  const flat = emit.op("Reshape", [kernel, emit.ints([out * inputs, 9])]);
  const mixed = emit.op("MatMul", [flat, emit.floats(mixing, [9, 4])]);
  return emit.op("Reshape", [mixed, emit.ints([out, inputs, 2, 2])]);
}

function isDoubling({ node, index }: MatchContext): boolean {
  const { attributes, inputs } = node("resize");
  return (
    stringAttribute(attributes, "mode", "nearest") === "nearest" &&
    stringAttribute(attributes, "coordinate_transformation_mode", "half_pixel") === "asymmetric" &&
    stringAttribute(attributes, "nearest_mode", "round_prefer_floor") === "floor" &&
    index.constant(inputs[2] ?? "")?.join() === "1,1,2,2"
  );
}

function keepsSize({ value, root: { attributes } }: MatchContext): boolean {
  const all = (name: string, number: number) =>
    (intsAttribute(attributes, name) ?? [number]).every((own) => own === number);
  return (
    value("kernel").shape.slice(2).join() === "3,3" &&
    intsAttribute(attributes, "pads")?.join() === "1,1,1,1" &&
    all("strides", 1) &&
    all("dilations", 1) &&
    numberAttribute(attributes, "group", 1) === 1
  );
}

const upsampledConv = defineRule({
  name: "Conv 3x3 of Resize x2",
  pattern: {
    op: "Conv",
    inputs: [{ op: "Resize", as: "resize", inputs: ["x", undefined, "scales"] }, "kernel", "bias"],
  },
  check(match) {
    if (!isDoubling(match)) return "the image is not doubled by nearest neighbour";
    return keepsSize(match) || "the kernel is not 3x3 with a padding of 1";
  },
  replace({ emit, value }) {
    const [x, kernel, bias] = [value("x"), value("kernel"), value("bias")];
    const [batch = 1, , height = 1, width = 1] = x.shape;
    const channels = kernel.shape[0]!;
    const rows = phases.map((row) => {
      const columns = row.map((phase) =>
        emit.op("Conv", [x, phaseKernel(emit, kernel, phase), bias], {
          kernel_shape: ints([2, 2]),
          pads: ints(phase.pads),
          strides: ints([1, 1]),
        }),
      );
      // With channels last, both columns' channels side by side are two pixels side by side.
      const pairs = emit.op("Transpose", [emit.op("Concat", columns, { axis: int(1) })], {
        perm: ints([0, 2, 3, 1]),
      });
      return emit.op("Reshape", [pairs, emit.ints([batch, height, 1, 2 * width * channels])]);
    });
    const image = emit.op("Reshape", [
      emit.op("Concat", rows, { axis: int(2) }),
      emit.ints([batch, 2 * height, 2 * width, channels]),
    ]);
    return [emit.op("Transpose", [image], { perm: ints([0, 3, 1, 2]) })];
  },
});

/**
 * Splits a 3x3 convolution of an image doubled by nearest neighbour into four 2x2 convolutions of the small image, one for
 * each of a pixel's four copies: 16 instead of 36 products a pixel (Shi et al. 2016, arXiv 1609.05158, on sub-pixel
 * convolution).
 */
export const splitUpsampledConvs = rewrite("splitUpsampledConvs", [upsampledConv]);
