import {
  int,
  ints,
  intsAttribute,
  type NodeEmitter,
  numberAttribute,
  type RewriteContext,
  type RewriteRule,
  rewrite,
  stringAttribute,
  type Value,
} from "@sunstep/onnx-graph";

/**
 * What a 3-tap kernel becomes on the small picture, for even and odd positions of the large one: an even position's
 * left neighbour is the small picture's left neighbour, itself and its right neighbour are one and the same pixel.
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

/** One of the four positions that a pixel's copies take: how its 2x2 kernel is made and where it is laid on. */
export interface Phase {
  /** [9, 4], row-major: the 2x2 kernel's taps are these sums of the 3x3 kernel's. */
  readonly mixing: readonly number[];
  /** [top, left, bottom, right] */
  readonly pads: readonly number[];
}

/** By rows, then columns. The mixing is the Kronecker product of both directions' taps, transposed. */
export const phases: readonly (readonly Phase[])[] = axisPhases.map((row) =>
  axisPhases.map((column) => ({
    mixing: Array.from({ length: 36 }, (_, i) => {
      const [tap, target] = [i >> 2, i & 3];
      return row.taps[target >> 1]![Math.floor(tap / 3)]! * column.taps[target & 1]![tap % 3]!;
    }),
    pads: [row.pads[0], column.pads[0], row.pads[1], column.pads[1]],
  })),
);

/** Kernel [out, in, 3, 3] -> [out, in, 2, 2]; constant, so folded at load. */
function phaseKernel(emit: NodeEmitter, kernel: Value, { mixing }: Phase): Value {
  const [out = 1, inputs = 1] = kernel.shape;
  const flat = emit.op("Reshape", [kernel, emit.ints([out * inputs, 9])]);
  const mixed = emit.op("MatMul", [flat, emit.floats(mixing, [9, 4])]);
  return emit.op("Reshape", [mixed, emit.ints([out, inputs, 2, 2])]);
}

function isDoubling({ node, emit }: RewriteContext): boolean {
  const { attributes, inputs } = node("resize");
  const scales = emit.constantNumbers({ name: inputs[2] ?? "" });
  return (
    stringAttribute(attributes, "mode", "nearest") === "nearest" &&
    stringAttribute(attributes, "coordinate_transformation_mode", "half_pixel") === "asymmetric" &&
    stringAttribute(attributes, "nearest_mode", "round_prefer_floor") === "floor" &&
    scales?.join() === "1,1,2,2"
  );
}

function isSameSizeKernel({ root: { attributes } }: RewriteContext, kernel: Value): boolean {
  const all = (name: string, value: number) =>
    (intsAttribute(attributes, name) ?? [value]).every((own) => own === value);
  return (
    kernel.shape.slice(2).join() === "3,3" &&
    intsAttribute(attributes, "pads")?.join() === "1,1,1,1" &&
    all("strides", 1) &&
    all("dilations", 1) &&
    numberAttribute(attributes, "group", 1) === 1
  );
}

const upsampledConvolution: RewriteRule = {
  name: "Conv 3x3 of Resize x2",
  pattern: {
    op: "Conv",
    inputs: [{ op: "Resize", as: "resize", inputs: ["x", undefined, "scales"] }, "kernel", "bias"],
  },
  replace(context) {
    const { emit, value } = context;
    const [x, kernel, bias] = [value("x"), value("kernel"), value("bias")];
    if (!isDoubling(context) || !isSameSizeKernel(context, kernel)) return undefined;
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
      // Channels last, both columns' channels side by side are two pixels side by side.
      const pairs = emit.op("Transpose", [emit.op("Concat", columns, { axis: int(1) })], {
        perm: ints([0, 2, 3, 1]),
      });
      return emit.op("Reshape", [pairs, emit.ints([batch, height, 1, 2 * width * channels])]);
    });
    const picture = emit.op("Reshape", [
      emit.op("Concat", rows, { axis: int(2) }),
      emit.ints([batch, 2 * height, 2 * width, channels]),
    ]);
    return [emit.op("Transpose", [picture], { perm: ints([0, 3, 1, 2]) })];
  },
};

/**
 * A 3x3 convolution of a picture doubled by nearest neighbour as four 2x2 convolutions of the small picture, one for
 * each of its pixels' four copies: 16 instead of 36 products a pixel (Shi et al. 2016, arXiv 1609.05158, on sub-pixel
 * convolution).
 */
export const upsampledConvolutions = rewrite("upsampledConvolutions", [upsampledConvolution]);
