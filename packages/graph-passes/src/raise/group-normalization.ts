import {
  float,
  int,
  numberAttribute,
  type Pattern,
  type RewriteContext,
  type RewriteRule,
  rewrite,
  type Value,
} from "@sunstep/onnx-graph";

/** scale * norm + bias, where `norm` is of one row per group. */
const affineOf = (norm: Pattern): Pattern => ({
  op: "Add",
  commutative: true,
  inputs: [
    {
      op: "Mul",
      commutative: true,
      inputs: [{ op: "Reshape", inputs: [norm, "shape"] }, "scale"],
    },
    "bias",
  ],
});

const grouped: Pattern = { op: "Reshape", as: "grouped", inputs: ["x", "grouping"] };

function groupNormalization(context: RewriteContext): readonly Value[] | undefined {
  const { emit, value, node, root, index } = context;
  const x = value("x");
  const [batch, channels = 0] = x.shape;
  const rows = index.type(node("grouped").outputs[0] ?? "")?.shape ?? [];
  /** An affine parameter as [channels]; one that was reshaped from that is taken from before. */
  const perChannel = (affine: Value): Value | undefined => {
    const source = index.producer(affine.name);
    const before = source?.op === "Reshape" ? emit.value(source.inputs[0] ?? "") : affine;
    if (before.shape.join() === String(channels)) return before;
    const flat = affine.shape.filter((size) => size !== 1);
    const lies = affine.shape.at(-(x.shape.length - 1)) === channels && flat.join() === String(channels);
    return lies ? emit.op("Reshape", [affine, emit.ints([channels])]) : undefined;
  };
  const [scale, bias] = [perChannel(value("scale")), perChannel(value("bias"))];
  const fits = rows.length === 3 && rows[0] === batch && channels % Number(rows[1]) === 0;
  const sameShape = index.type(root.outputs[0] ?? "")?.shape?.join() === x.shape.join();
  if (!scale || !bias || !fits || !sameShape) return undefined;
  const epsilon = numberAttribute(node("norm").attributes, "epsilon", 1e-5);
  return [
    emit.op("GroupNormalization", [x, scale, bias], {
      num_groups: int(Number(rows[1])),
      epsilon: float(epsilon),
    }),
  ];
}

const are = ({ emit, value }: RewriteContext, name: string, wanted: number) =>
  emit.constantNumbers(value(name))?.every((number) => number === wanted);

const ofLayerNormalization: RewriteRule = {
  name: "Reshape, LayerNormalization, Reshape, Mul, Add",
  pattern: affineOf({
    op: "LayerNormalization",
    as: "norm",
    inputs: [grouped, { op: "Expand", inputs: ["ones", "length"], shared: true }],
  }),
  replace(context) {
    const axis = numberAttribute(context.node("norm").attributes, "axis", -1);
    return are(context, "ones", 1) && (axis === 2 || axis === -1) ? groupNormalization(context) : undefined;
  },
};

const ofInstanceNormalization: RewriteRule = {
  name: "Reshape, InstanceNormalization, Reshape, Mul, Add",
  pattern: affineOf({ op: "InstanceNormalization", as: "norm", inputs: [grouped, "ones", "zeros"] }),
  replace(context) {
    return are(context, "ones", 1) && are(context, "zeros", 0) ? groupNormalization(context) : undefined;
  },
};

/** GroupNormalization out of our own lowerings, and out of the detour that PyTorch's exporter takes. */
export const raiseGroupNormalization = rewrite("raiseGroupNormalization", [
  ofLayerNormalization,
  ofInstanceNormalization,
]);
