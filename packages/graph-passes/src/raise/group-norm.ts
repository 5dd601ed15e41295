import {
  defineRule,
  float,
  int,
  type MatchContext,
  numberAttribute,
  type Pattern,
  type RewriteContext,
  rewrite,
  staticShape,
  type Value,
} from "@sunstep/onnx-graph";

/** scale * norm + bias, where `norm` has one row for each group. */
const affineOf = <const Norm extends Pattern>(norm: Norm) =>
  ({
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
  }) as const;

const grouped = { op: "Reshape", as: "grouped", inputs: ["x", "grouping"] } as const;

/** The value that holds an affine parameter for each channel, [channels] where it was reshaped from that. */
function perChannel({ index, value, root }: MatchContext, name: "scale" | "bias"): string | undefined {
  const { shape: x } = value("x");
  const { name: affine, shape } = value(name);
  const axis = shape.length - ((index.type(root.outputs[0]!)?.shape?.length ?? 0) - 1);
  if (axis < 0 || shape.some((size, i) => size !== (i === axis ? x[1] : 1))) return undefined;
  const source = index.producer(affine);
  const [before = ""] = source?.op === "Reshape" ? source.inputs : [];
  return index.type(before)?.shape?.join() === String(x[1]) ? before : affine;
}

function isGroupNorm(match: MatchContext): true | string {
  const { value, node, root, index } = match;
  const { shape } = value("x");
  const [batch, channels = 0] = shape;
  const [rows, groups = 0, ...rest] = staticShape(index.type(node("grouped").outputs[0] ?? "")?.shape) ?? [];
  if (!perChannel(match, "scale") || !perChannel(match, "bias")) return "scale or bias is not per channel";
  if (rest.length !== 1 || rows !== batch || channels % groups !== 0) return "the groups are not of channels";
  const [first, second] = index.type(root.outputs[0] ?? "")?.shape ?? [];
  return (first === batch && second === channels) || "the result has other channels than x";
}

function emitGroupNorm(context: RewriteContext): readonly Value[] {
  const { emit, value, node, index, root } = context;
  const x = value("x");
  const channels = x.shape[1]!;
  const [scale, bias] = (["scale", "bias"] as const).map((name) => {
    const affine = emit.value(perChannel(context, name)!);
    return affine.shape.length === 1 ? affine : emit.op("Reshape", [affine, emit.ints([channels])]);
  });
  const groups = Number(index.type(node("grouped").outputs[0] ?? "")?.shape?.[1]);
  const epsilon = numberAttribute(node("norm").attributes, "epsilon", 1e-5);
  const attributes = { num_groups: int(groups), epsilon: float(epsilon) };
  const normed = emit.op("GroupNormalization", [x, scale, bias], attributes);
  // The VAE's attention takes its norm of [batch, channels, height * width].
  const result = index.type(root.outputs[0]!)!.shape as readonly number[];
  return [result.join() === x.shape.join() ? normed : emit.op("Reshape", [normed, emit.ints(result)])];
}

const are = ({ numbers }: MatchContext, name: string, wanted: number) =>
  numbers(name)?.every((number) => number === wanted) === true;

const layerNormOf = (ones: Pattern | string) =>
  defineRule({
    name: "Reshape, LayerNormalization, Reshape, Mul, Add",
    pattern: affineOf({ op: "LayerNormalization", as: "norm", inputs: [grouped, ones] }),
    check(match) {
      const axis = numberAttribute(match.node("norm").attributes, "axis", -1);
      if (axis !== 2 && axis !== -1) return "the normalized axis is not the last of three";
      return are(match, "ones", 1) ? isGroupNorm(match) : "the norm has a scale of its own";
    },
    replace: emitGroupNorm,
  });

/** The ones as a node, and as the constant that it comes to. */
const ofLayerNorm = [
  layerNormOf({ op: "Expand", inputs: ["ones", "length"], shared: true }),
  layerNormOf("ones"),
];

const ofInstanceNorm = defineRule({
  name: "Reshape, InstanceNormalization, Reshape, Mul, Add",
  pattern: affineOf({ op: "InstanceNormalization", as: "norm", inputs: [grouped, "ones", "zeros"] }),
  check: (match) =>
    are(match, "ones", 1) && are(match, "zeros", 0) ? isGroupNorm(match) : "the norm has a scale of its own",
  replace: emitGroupNorm,
});

/** GroupNormalization of [batch, channels, height * width]: the same of [batch, channels, height, width]. */
const flattened = defineRule({
  name: "GroupNormalization of a Reshape",
  pattern: { op: "GroupNormalization", inputs: [{ op: "Reshape", inputs: ["x", "flat"] }, "scale", "bias"] },
  check({ value, root, index }) {
    const [whole, flat] = [value("x").shape, index.type(root.inputs[0]!)?.shape ?? []];
    const keeps = whole.length === 4 && flat.length === 3 && whole[0] === flat[0] && whole[1] === flat[1];
    return keeps || "channels are not kept";
  },
  replace({ emit, value, attributes, root, index }) {
    const normed = emit.op("GroupNormalization", [value("x"), value("scale"), value("bias")], attributes);
    return [emit.op("Reshape", [normed, emit.ints(index.type(root.inputs[0]!)!.shape as number[])])];
  },
});

/** Raises normalization of reshaped groups to GroupNormalization: PyTorch's exporters write it with InstanceNormalization. */
export const raiseGroupNorm = rewrite("raiseGroupNorm", [...ofLayerNorm, ofInstanceNorm, flattened]);
