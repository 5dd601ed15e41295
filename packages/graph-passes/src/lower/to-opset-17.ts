import { inlineNumbers, ints, type Model, type Node, type Pass } from "@sunstep/onnx-graph";
import { withOpset } from "../contrib.js";
import { passError } from "../errors.js";

const OPSET = 17;

type Downgrade = (node: Node, model: Model) => Node;

const withoutAttributes =
  (...names: string[]): Downgrade =>
  (node) => ({
    ...node,
    attributes: Object.fromEntries(Object.entries(node.attributes).filter(([name]) => !names.includes(name))),
  });

/** Axes are an input since opset 18, an attribute before. */
const axesAsAttribute: Downgrade = (node, model) => {
  const [x = "", axesInput = ""] = node.inputs;
  const plain = withoutAttributes("noop_with_empty_axes")(node, model);
  if (axesInput === "") return plain;
  const initializer = model.graph.initializers.get(axesInput);
  const axes = initializer && inlineNumbers(initializer);
  if (!axes) {
    throw passError(
      "PASS_UNSUPPORTED",
      `node ${node.name} (${node.op}): axes must be constant to be written in operator set ${OPSET}`,
      { node: node.name, op: node.op },
    );
  }
  return { ...plain, inputs: [x], attributes: { ...plain.attributes, axes: ints(axes) } };
};

/** What operators look like in opset 17 that have got more inputs or attributes since (ONNX's docs/Changelog.md). */
const downgrades: Readonly<Record<string, Downgrade>> = {
  ...Object.fromEntries(
    "L1 L2 LogSum LogSumExp Max Mean Min Prod SumSquare"
      .split(" ")
      .map((name) => [`Reduce${name}`, axesAsAttribute]),
  ),
  Split: withoutAttributes("num_outputs"),
  Resize: withoutAttributes("antialias", "axes", "keep_aspect_ratio_policy"),
  Cast: withoutAttributes("saturate", "round_mode"),
};

/** Operators that opset 17 has no form of; passes before this one replace them. */
const newerOperators = new Set(
  (
    "Attention GroupNormalization Gelu RMSNormalization RotaryEmbedding Swish TensorScatter Mish ImageDecoder " +
    "BitwiseAnd BitwiseOr BitwiseXor BitwiseNot CenterCropPad Col2Im"
  ).split(" "),
);

/**
 * Writes the model in operator set 17, the newest one whose operators all of ONNX Runtime's rewriting to blocked
 * convolutions knows.
 * @throws SunstepError PASS_UNSUPPORTED for an operator that is newer
 */
export const toOpset17: Pass = {
  name: "toOpset17",
  run(model) {
    if ((model.opsets[""] ?? 0) <= OPSET) return { model, modified: false };
    const nodes = model.graph.nodes.map((node) => {
      if (node.domain !== "") return node;
      if (newerOperators.has(node.op)) {
        throw passError(
          "PASS_UNSUPPORTED",
          `node ${node.name}: ${node.op} has no form in operator set ${OPSET}`,
          { node: node.name, op: node.op },
        );
      }
      return downgrades[node.op]?.(node, model) ?? node;
    });
    return { model: withOpset({ ...model, graph: { ...model.graph, nodes } }, "", OPSET), modified: true };
  },
};
