// Group normalization over an image that is computed in tiles: its statistics come from outside, the same for all tiles.
import {
  elementCount,
  emitterFor,
  int,
  type Model,
  type NamedValue,
  type Node,
  type NodeEmitter,
  numberAttribute,
  removeDeadCode,
  type Value,
  withNodes,
} from "@sunstep/onnx-graph";

/** Names of the outputs of `measureNorms` and of the inputs of `giveNorms`. */
const MEANS = "means";
const VARIANCES = "variances";

/** Tells how many groups all group normalizations of a model have together. */
export function normGroups({ graph }: Model): number {
  return graph.nodes.filter(isNorm).reduce((sum, node) => sum + groupsOf(node), 0);
}

/**
 * Returns a model that gives `means` and `variances` [groups] in place of its outputs: the statistics of each group of
 * each normalization, in order. The batch is one image.
 */
export function measureNorms(model: Model): Model {
  const means: Value[] = [];
  const variances: Value[] = [];
  const emit = emitterFor(model);
  const nodes = replaceNorms(model, emit, (node) => {
    const { mean, variance } = measure(emit, node);
    means.push(mean);
    variances.push(variance);
    return [node, ...emit.nodes];
  });
  const outputs = [
    emit.op("Concat", means, { axis: int(0) }, { name: MEANS }),
    emit.op("Concat", variances, { axis: int(0) }, { name: VARIANCES }),
  ];
  const measured = withNodes(model, emit, [...nodes, ...emit.nodes]);
  return removeDeadCode.run({ ...measured, graph: { ...measured.graph, outputs } }).model;
}

/** Adds the inputs `means` and `variances` [groups], as `measureNorms` returns them, and normalizes by them. */
export function giveNorms(model: Model): Model {
  const { graph } = model;
  const given: NamedValue = { name: MEANS, dtype: "float32", shape: [normGroups(model)] };
  const inputs = [...graph.inputs, given, { ...given, name: VARIANCES }];
  const withInputs = { ...model, graph: { ...graph, inputs } };
  const emit = emitterFor(withInputs);
  const sizes = emit.ints(graph.nodes.filter(isNorm).map(groupsOf));
  const [means, variances] = [MEANS, VARIANCES].map((name) =>
    emit.ops("Split", [emit.value(name), sizes], sizes.shape[0]!, { axis: int(0) }),
  ) as [Value[], Value[]];
  const split = [...emit.nodes];
  const nodes = replaceNorms(model, emit, (node) => {
    normalize(emit, node, means.shift()!, variances.shift()!);
    return [...emit.nodes.slice(0, -1), { ...emit.nodes.at(-1)!, outputs: node.outputs }];
  });
  return withNodes(withInputs, emit, [...split, ...nodes]);
}

function isNorm({ op }: Node): boolean {
  return op === "GroupNormalization";
}

function groupsOf({ attributes }: Node): number {
  return numberAttribute(attributes, "num_groups", 0);
}

function replaceNorms(
  { graph }: Model,
  emit: NodeEmitter,
  replace: (node: Node) => readonly Node[],
): readonly Node[] {
  const nodes = graph.nodes.flatMap((node) => {
    if (!isNorm(node)) return [node];
    emit.nodes.length = 0;
    return emit.scope(node.name, () => replace(node));
  });
  emit.nodes.length = 0;
  return nodes;
}

/** Emits the mean and the variance of each group, [groups]. */
function measure(emit: NodeEmitter, node: Node): { readonly mean: Value; readonly variance: Value } {
  const x = emit.value(node.inputs[0]!);
  const groups = groupsOf(node);
  const grouped = emit.op("Reshape", [x, emit.ints([groups, elementCount(x.shape) / groups])]);
  const meanOf = (value: Value) => emit.op("ReduceMean", [value, emit.ints([1])], { keepdims: int(1) });
  const mean = meanOf(grouped);
  const centred = emit.op("Sub", [grouped, mean]);
  const flat = (value: Value) => emit.op("Reshape", [value, emit.ints([groups])]);
  return { mean: flat(mean), variance: flat(meanOf(emit.op("Mul", [centred, centred]))) };
}

/** Emits x * factor + shift for each channel, which is all that is left of a normalization by given statistics. */
function normalize(emit: NodeEmitter, node: Node, mean: Value, variance: Value): void {
  const [x, scale, bias] = node.inputs.map((name) => emit.value(name)) as [Value, Value, Value];
  const [, channels = 1] = x.shape;
  const groups = groupsOf(node);
  const perChannel = (value: Value) => {
    const spread = emit.op("Expand", [
      emit.op("Reshape", [value, emit.ints([groups, 1])]),
      emit.ints([groups, channels / groups]),
    ]);
    return emit.op("Reshape", [spread, emit.ints([channels])]);
  };
  const positions = (value: Value) => emit.op("Reshape", [value, emit.ints([1, channels, 1, 1])]);
  const epsilon = emit.scalar(numberAttribute(node.attributes, "epsilon", 1e-5));
  const deviation = emit.op("Sqrt", [emit.op("Add", [variance, epsilon])]);
  const factor = emit.op("Div", [scale, perChannel(deviation)]);
  const shift = emit.op("Sub", [bias, emit.op("Mul", [perChannel(mean), factor])]);
  emit.op("Add", [emit.op("Mul", [x, positions(factor)]), positions(shift)]);
}
