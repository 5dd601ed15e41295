import {
  float,
  int,
  numberAttribute,
  type RewriteContext,
  type RewriteRule,
  rewrite,
  type Value,
} from "@sunstep/onnx-graph";

function groupNormalization(
  { emit, root, index }: RewriteContext,
  x: Value,
  [scale, bias]: readonly [Value, Value],
  groups: number,
  epsilon: number,
): readonly Value[] | undefined {
  if (index.type(root.outputs[0] ?? "")?.shape?.join() !== x.shape.join()) return undefined;
  return [
    emit.op("GroupNormalization", [x, scale, bias], { num_groups: int(groups), epsilon: float(epsilon) }),
  ];
}

const ofLayerNormalization: RewriteRule = {
  name: "Reshape, LayerNormalization, Reshape",
  pattern: {
    op: "Reshape",
    inputs: [
      {
        op: "LayerNormalization",
        as: "norm",
        inputs: [
          { op: "Reshape", as: "grouped", inputs: ["x", "grouping"] },
          { op: "Reshape", inputs: ["scale", "perGroup"], shared: true },
          { op: "Reshape", inputs: ["bias", "perGroup"], shared: true },
        ],
      },
      "shape",
    ],
  },
  replace(context) {
    const { value, node, index } = context;
    const x = value("x");
    const grouped = index.type(node("grouped").outputs[0] ?? "")?.shape ?? [];
    const [batch, groups, perGroup] = grouped;
    const axis = numberAttribute(node("norm").attributes, "axis", -1);
    const fits = batch === x.shape[0] && Number(groups) * Number(perGroup) === x.shape[1];
    if (axis !== 2 || grouped.length !== 4 || !fits) return undefined;
    const epsilon = numberAttribute(node("norm").attributes, "epsilon", 1e-5);
    return groupNormalization(context, x, [value("scale"), value("bias")], Number(groups), epsilon);
  },
};

const ofInstanceNormalization: RewriteRule = {
  name: "Reshape, InstanceNormalization, Reshape, Mul, Add",
  pattern: {
    op: "Add",
    commutative: true,
    inputs: [
      {
        op: "Mul",
        commutative: true,
        inputs: [
          {
            op: "Reshape",
            inputs: [
              {
                op: "InstanceNormalization",
                as: "norm",
                inputs: [{ op: "Reshape", inputs: ["x", "grouping"] }, "ones", "zeros"],
              },
              "shape",
            ],
          },
          "scale",
        ],
      },
      "bias",
    ],
  },
  replace(context) {
    const { emit, value, node } = context;
    const x = value("x");
    const scale = perChannel(context, value("scale"), x);
    const bias = perChannel(context, value("bias"), x);
    const is = (name: string, wanted: number) =>
      emit.constantNumbers(value(name))?.every((number) => number === wanted);
    if (!scale || !bias || !is("ones", 1) || !is("zeros", 0)) return undefined;
    const groups = value("ones").shape[0]!;
    const epsilon = numberAttribute(node("norm").attributes, "epsilon", 1e-5);
    return groupNormalization(context, x, [scale, bias], groups, epsilon);
  },
};

/** A scale or bias laid along x's channels, as [channels]; undefined if it is laid otherwise. */
function perChannel({ emit, index }: RewriteContext, affine: Value, x: Value): Value | undefined {
  const channels = String(x.shape[1] ?? 0);
  const flat = affine.shape.filter((size) => size !== 1);
  if (String(affine.shape.at(-(x.shape.length - 1))) !== channels || flat.join() !== channels)
    return undefined;
  const reshape = index.producer(affine.name);
  const before = reshape?.op === "Reshape" ? emit.value(reshape.inputs[0] ?? "") : undefined;
  return before?.shape.join() === channels ? before : emit.op("Reshape", [affine, emit.ints([...flat])]);
}

/** GroupNormalization out of our own lowerings, and out of the detour that PyTorch's exporter takes. */
export const raiseGroupNormalization = rewrite("raiseGroupNormalization", [
  ofLayerNormalization,
  ofInstanceNormalization,
]);
