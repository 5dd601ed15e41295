import { ints, intsAttribute, type Pattern, type RewriteRule, rewrite, string } from "@sunstep/onnx-graph";
import { phases } from "../lower/upsampled-convolutions.js";

const phasePattern = (name: string): Pattern => ({
  op: "Conv",
  as: name,
  inputs: [
    "x",
    {
      op: "Reshape",
      inputs: [
        { op: "MatMul", inputs: [{ op: "Reshape", inputs: ["kernel", "flat"] }, `${name} mixing`] },
        "folded",
      ],
    },
    "bias",
  ],
});

const rowPattern = (row: number): Pattern => ({
  op: "Reshape",
  inputs: [
    {
      op: "Transpose",
      inputs: [{ op: "Concat", inputs: [phasePattern(`${row}0`), phasePattern(`${row}1`)] }],
    },
    "rowShape",
  ],
});

const fourPhases: RewriteRule = {
  name: "four 2x2 convolutions",
  pattern: {
    op: "Transpose",
    inputs: [
      { op: "Reshape", inputs: [{ op: "Concat", inputs: [rowPattern(0), rowPattern(1)] }, "pictureShape"] },
    ],
  },
  replace({ emit, value, node, index, root }) {
    const [x, kernel, bias] = [value("x"), value("kernel"), value("bias")];
    const ours = phases.every((row, i) =>
      row.every(
        ({ mixing, pads }, j) =>
          emit.constantNumbers(value(`${i}${j} mixing`))?.join() === mixing.join() &&
          intsAttribute(node(`${i}${j}`).attributes, "pads")?.join() === pads.join(),
      ),
    );
    const [batch = 1, , height = 1, width = 1] = x.shape;
    const shape = index.type(root.outputs[0] ?? "")?.shape;
    if (!ours || shape?.join() !== [batch, kernel.shape[0], 2 * height, 2 * width].join()) return undefined;
    const large = emit.op("Resize", [x, undefined, emit.floats([1, 1, 2, 2])], {
      mode: string("nearest"),
      coordinate_transformation_mode: string("asymmetric"),
      nearest_mode: string("floor"),
    });
    return [
      emit.op("Conv", [large, kernel, bias], {
        kernel_shape: ints([3, 3]),
        strides: ints([1, 1]),
        pads: ints([1, 1, 1, 1]),
      }),
    ];
  },
};

/** Our own four convolutions of a small picture as one of the picture doubled, which they were. */
export const raiseUpsampledConvolutions = rewrite("raiseUpsampledConvolutions", [fourPhases]);
