import {
  type Attribute,
  type Graph,
  type Initializer,
  inlineNumbers,
  ints,
  intsAttribute,
  mapSubgraphs,
  type Node,
  numberAttribute,
  type Pass,
  stringAttribute,
} from "@sunstep/onnx-graph";
import { withOpset } from "../contrib.js";
import { passError } from "../errors.js";

const OPSET = 17;

/** The constants that a node can read: its graph's, and those of the graphs around it. */
type Constants = ReadonlyMap<string, Initializer>;

type Downgrade = (node: Node, constants: Constants) => Node;

function unsupported({ name, op }: Node, form: string): Error {
  return passError(
    "PASS_UNSUPPORTED",
    `node ${name}: ${op} ${form} has no form in operator set ${OPSET}`.replace("  ", " "),
    { node: name, op },
  );
}

function without({ attributes, ...node }: Node, ...names: string[]): Node {
  const kept = Object.entries(attributes).filter(([name]) => !names.includes(name));
  return { ...node, attributes: Object.fromEntries(kept) };
}

/** Axes are an input since opset 18, an attribute before. */
const axesAsAttribute: Downgrade = (node, constants) => {
  const [x = "", axesInput = ""] = node.inputs;
  const initializer = constants.get(axesInput);
  const axes = axesInput === "" ? [] : initializer && inlineNumbers(initializer);
  if (!axes) throw unsupported(node, "over axes that are not constant");
  const plain = { ...without(node, "noop_with_empty_axes"), inputs: [x] };
  if (axes.length > 0) return { ...plain, attributes: { ...plain.attributes, axes: ints(axes) } };
  if (
    intsAttribute(node.attributes, "axes") ||
    numberAttribute(node.attributes, "noop_with_empty_axes", 0) === 0
  )
    return plain;
  throw unsupported(node, "over no axes");
};

/** Leaves attributes out that opset 17 does not have, where they hold the value that means the same as none. */
const withoutDefaults =
  (defaults: Readonly<Record<string, number | string | undefined>>): Downgrade =>
  (node) => {
    const other = Object.entries(defaults).find(([name, value]) => !holds(node.attributes[name], value));
    if (other) throw unsupported(node, `with another ${other[0]} than ${other[1] ?? "none"}`);
    return without(node, ...Object.keys(defaults));
  };

/** Tells whether an attribute is absent or holds `value`, in each element if it is a list. */
function holds(attribute: Attribute | undefined, value: number | string | undefined): boolean {
  if (!attribute) return true;
  if (attribute.type === "ints") return attribute.value.every((element) => element === value);
  return attribute.value === value;
}

/** Refuses modes of an attribute that opset 17 does not have. */
const withoutModes =
  (name: string, ...modes: readonly string[]): Downgrade =>
  (node) => {
    const mode = stringAttribute(node.attributes, name, "");
    if (modes.includes(mode)) throw unsupported(node, `in mode ${mode}`);
    return node;
  };

const pad: Downgrade = (node, constants) => {
  if (node.inputs[3]) throw unsupported(node, "with axes");
  return withoutModes("mode", "wrap")(node, constants);
};

const scatter = withoutModes("reduction", "max", "min");

/** Operators that have got more inputs, attributes or modes since opset 17, in its form (ONNX's docs/Changelog.md). */
const downgrades: Readonly<Record<string, Downgrade>> = {
  ...Object.fromEntries(
    "L1 L2 LogSum LogSumExp Max Mean Min Prod SumSquare"
      .split(" ")
      .map((name) => [`Reduce${name}`, axesAsAttribute]),
  ),
  Split: (node) => without(node, "num_outputs"),
  Resize: withoutDefaults({ antialias: 0, axes: undefined, keep_aspect_ratio_policy: "stretch" }),
  Pad: pad,
  AveragePool: withoutDefaults({ dilations: 1 }),
  LpPool: withoutDefaults({ dilations: 1, ceil_mode: 0 }),
  // Both attributes are for types of 8 bits and less, which a model in memory does not have.
  Cast: (node) => without(node, "saturate", "round_mode"),
  CastLike: (node) => without(node, "saturate", "round_mode"),
  QuantizeLinear: withoutDefaults({ block_size: 0, precision: 0, output_dtype: 0, saturate: 1 }),
  DequantizeLinear: withoutDefaults({ block_size: 0, output_dtype: 0 }),
  Range: (node) => without(node, "stash_type"),
  SpaceToDepth: withoutDefaults({ mode: "DCR" }),
  GridSample: withoutModes("mode", "linear", "cubic"),
  ScatterElements: scatter,
  ScatterND: scatter,
};

/** Operators that opset 17 does not have, or has with another meaning (DFT); passes before this one replace them. */
const newerOperators = new Set(
  (
    "AffineGrid Attention BitCast BitwiseAnd BitwiseNot BitwiseOr BitwiseXor CausalConvWithState CenterCropPad Col2Im " +
    "CumProd DFT DeformConv Gelu GroupNormalization ImageDecoder LinearAttention Mish RMSNormalization RegexFullMatch " +
    "RotaryEmbedding StringConcat StringSplit SwiGLU Swish TensorScatter"
  ).split(" "),
);

/**
 * Writes the model in operator set 17, the newest one whose operators ONNX Runtime's rewriting to blocked convolutions
 * knows in full.
 * @throws SunstepError PASS_UNSUPPORTED for an operator, or a form of one, that is newer
 */
export const lowerToOpset17: Pass = {
  name: "lowerToOpset17",
  run(model) {
    if ((model.opsets[""] ?? 0) <= OPSET) return { model, modified: false };
    return {
      model: withOpset({ ...model, graph: downgrade(model.graph, new Map()) }, "", OPSET),
      modified: true,
    };
  },
};

function downgrade(graph: Graph, outer: Constants): Graph {
  const constants = new Map([...outer, ...graph.initializers]);
  const nodes = graph.nodes.map((given) => {
    const node = mapSubgraphs(given, (subgraph) => downgrade(subgraph, constants));
    if (node.domain !== "") return node;
    if (newerOperators.has(node.op)) throw unsupported(node, "");
    return downgrades[node.op]?.(node, constants) ?? node;
  });
  return { ...graph, nodes };
}
