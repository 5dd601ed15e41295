import { defineRule, float, int, type MatchContext, type Pattern, rewrite } from "@sunstep/onnx-graph";

const centred = {
  op: "Sub",
  inputs: ["x", { op: "ReduceMean", as: "mean", inputs: ["x", "axes"], shared: true }],
  shared: true,
} as const;

/** The square of the centred values, as exporters write it. */
const squares: readonly Pattern[] = [
  { op: "Pow", inputs: [centred, "two"] },
  { op: "Mul", inputs: [centred, centred] },
];

const forms = squares.map(
  (square): Pattern => ({
    op: "Add",
    commutative: true,
    inputs: [
      {
        op: "Mul",
        commutative: true,
        inputs: [
          {
            op: "Div",
            inputs: [
              centred,
              {
                op: "Sqrt",
                inputs: [
                  {
                    op: "Add",
                    commutative: true,
                    inputs: [{ op: "ReduceMean", as: "variance", inputs: [square, "axes2"] }, "epsilon"],
                  },
                ],
              },
            ],
          },
          "scale",
        ],
      },
      "bias",
    ],
  }),
);

function isLayerNorm({ value, numbers, root, index }: MatchContext, hasPower: boolean): true | string {
  const { shape } = value("x");
  const last = (name: string) => [-1, shape.length - 1].includes(numbers(name)?.[0] ?? Number.NaN);
  if (!last("axes") || !last("axes2")) return "the mean is not over the last axis";
  if (numbers("axes")!.length !== 1 || numbers("axes2")!.length !== 1) return "the mean is over several axes";
  if (hasPower && numbers("two")?.[0] !== 2) return "the power is not 2";
  if (numbers("epsilon")?.length !== 1) return "epsilon is no number";
  const affine = [value("scale"), value("bias")].every((one) => one.shape.join() === String(shape.at(-1)));
  if (!affine) return "scale or bias is not one number for each channel";
  return (
    index.type(root.outputs[0]!)?.shape?.join() === shape.join() || "the result has another shape than x"
  );
}

const rules = forms.map((pattern, i) =>
  defineRule({
    name: "(x - mean) / sqrt(variance + epsilon) * scale + bias",
    pattern,
    check: (match) => isLayerNorm(match, i === 0),
    replace: ({ emit, value, numbers }) => [
      emit.op("LayerNormalization", [value("x"), value("scale"), value("bias")], {
        axis: int(-1),
        epsilon: float(numbers("epsilon")![0]!),
      }),
    ],
  }),
);

/** Raises layer normalization that is written out to LayerNormalization: exporters have the operator from operator set 17 on. */
export const raiseLayerNorm = rewrite("raiseLayerNorm", rules);
