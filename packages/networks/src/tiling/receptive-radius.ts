import { type Attributes, type Model, type Node, staticShape } from "@sunstep/onnx-graph";

/** Operators whose outputs depend on the same position of their inputs alone. */
const pointwise: ReadonlySet<string> = new Set([
  "Identity",
  "Cast",
  "Add",
  "Sub",
  "Mul",
  "Div",
  "Sigmoid",
  "Tanh",
  "Relu",
  "Clip",
  "Split",
]);

/** The positions of the model's input that a value depends on. */
interface Reach {
  /** Positions of the value for each position of the input, along an axis. */
  readonly scale: number;
  /** In positions of the input, beyond the value's own. */
  readonly radius: number;
}

/**
 * Returns how many positions of the input [batch, channels, height, width], beyond an output's own, the output depends on
 * along each axis, if the statistics of group normalization are given. Infinity where all positions are mixed.
 */
export function receptiveRadius({ graph }: Model): number {
  const reaches = new Map<string, Reach>(graph.inputs.map(({ name }) => [name, { scale: 1, radius: 0 }]));
  const heightOf = (name: string) => {
    const type = graph.values.get(name) ?? graph.inputs.find((input) => input.name === name);
    return staticShape(type?.shape)?.[2] ?? Number.NaN;
  };
  for (const node of graph.nodes) {
    const sources = node.inputs.flatMap((input) => reaches.get(input) ?? []);
    if (sources.length === 0) continue;
    const widest = sources.reduce((a, b) => (a.radius > b.radius ? a : b));
    const growth = heightOf(node.outputs[0]!) / heightOf(node.inputs[0]!);
    for (const output of node.outputs) reaches.set(output, through(node, widest, growth));
  }
  return Math.ceil(Math.max(...graph.outputs.map(({ name }) => reaches.get(name)?.radius ?? 0)));
}

function through({ op, attributes }: Node, { scale, radius }: Reach, growth: number): Reach {
  if (op === "Conv") return { scale: scale * growth, radius: radius + convRadius(attributes) / scale };
  // Nearest neighbours: an output depends on the position that it is a copy of.
  if (op === "Resize") return { scale: scale * growth, radius };
  if (pointwise.has(op) || op === "GroupNormalization") return { scale, radius };
  return { scale, radius: Number.POSITIVE_INFINITY };
}

/** Positions of its input that a convolution reads beyond those that its output covers. */
function convRadius({ kernel_shape, strides, pads }: Attributes): number {
  const [kernel, stride, before] = [kernel_shape, strides, pads].map((attribute) =>
    attribute?.type === "ints" ? Number(attribute.value[0]) : 0,
  ) as [number, number, number];
  return Math.max(before, kernel - before - stride);
}
