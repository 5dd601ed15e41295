import {
  inlineNumbers,
  ints,
  intsAttribute,
  type Model,
  type Node,
  numberAttribute,
  type Pass,
  stringAttribute,
} from "@sunstep/onnx-graph";
import { withOpset } from "../contrib.js";
import { passError } from "../errors.js";

const OPSET = 17;

type Downgrade = (node: Node, model: Model) => Node;

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
const axesAsAttribute: Downgrade = (node, model) => {
  const [x = "", axesInput = ""] = node.inputs;
  const initializer = model.graph.initializers.get(axesInput);
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

const resize: Downgrade = (node) => {
  const { attributes } = node;
  if (numberAttribute(attributes, "antialias", 0) !== 0) throw unsupported(node, "with antialias");
  if (intsAttribute(attributes, "axes")) throw unsupported(node, "with axes");
  if (stringAttribute(attributes, "keep_aspect_ratio_policy", "stretch") !== "stretch")
    throw unsupported(node, "with an aspect ratio policy");
  return without(node, "antialias", "axes", "keep_aspect_ratio_policy");
};

const pad: Downgrade = (node) => {
  if (node.inputs[3]) throw unsupported(node, "with axes");
  if (stringAttribute(node.attributes, "mode", "constant") === "wrap")
    throw unsupported(node, "in mode wrap");
  return node;
};

const averagePool: Downgrade = (node) => {
  if (intsAttribute(node.attributes, "dilations")?.some((dilation) => dilation !== 1))
    throw unsupported(node, "with dilations");
  return without(node, "dilations");
};

/** Operators that have got more inputs or attributes since opset 17, in its form (ONNX's docs/Changelog.md). */
const downgrades: Readonly<Record<string, Downgrade>> = {
  ...Object.fromEntries(
    "L1 L2 LogSum LogSumExp Max Mean Min Prod SumSquare"
      .split(" ")
      .map((name) => [`Reduce${name}`, axesAsAttribute]),
  ),
  Split: (node) => without(node, "num_outputs"),
  Resize: resize,
  Pad: pad,
  AveragePool: averagePool,
  Cast: (node) => without(node, "saturate", "round_mode"),
};

/** Operators that opset 17 has no form of; passes before this one replace them. */
const newerOperators = new Set(
  (
    "Attention GroupNormalization Gelu RMSNormalization RotaryEmbedding Swish TensorScatter Mish ImageDecoder " +
    "BitwiseAnd BitwiseOr BitwiseXor BitwiseNot CenterCropPad Col2Im"
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
    const nodes = model.graph.nodes.map((node) => {
      if (node.domain !== "") return node;
      if (newerOperators.has(node.op)) throw unsupported(node, "");
      return downgrades[node.op]?.(node, model) ?? node;
    });
    return { model: withOpset({ ...model, graph: { ...model.graph, nodes } }, "", OPSET), modified: true };
  },
};
