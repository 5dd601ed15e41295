import {
  type Graph,
  int,
  int64Data,
  intsAttribute,
  mapSubgraphs,
  type Node,
  type Pass,
} from "@sunstep/onnx-graph";
import { withOpset } from "../contrib.js";
import { passError } from "../errors.js";

const OPSET = 23;

/** Before this operator set, Softmax and others had other meanings, and more attributes were no inputs yet. */
const OLDEST = 13;

/** Operators that have got another meaning, and the operator set of the change (ONNX's docs/Changelog.md). */
const changed: Readonly<Record<string, number>> = {
  RoiAlign: 16,
  DFT: 20,
  GridSample: 20,
  GroupNormalization: 21,
};

function checkMeaning(nodes: readonly Node[], opset: number): void {
  const node = nodes.find(({ op, domain }) => domain === "" && opset < (changed[op] ?? 0));
  if (opset >= OLDEST && !node) return;
  const place = node ? `node ${node.name}: ${node.op}` : "the model";
  throw passError(
    "PASS_UNSUPPORTED",
    `${place} is written in operator set ${opset}, which has another meaning in ${OPSET}; export the model with a newer one`,
    { opset, ...(node && { node: node.name, op: node.op }) },
  );
}

/** Attributes that have become inputs since (ONNX's docs/Changelog.md, opsets 13 and 18). */
const attributesNowInputs: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    "L1 L2 LogSum LogSumExp Max Mean Min Prod Sum SumSquare"
      .split(" ")
      .map((name) => [`Reduce${name}`, "axes"]),
  ),
  Squeeze: "axes",
  Unsqueeze: "axes",
  Split: "split",
};

/**
 * Writes an older model in operator set 23, the one of the raised vocabulary.
 * @throws SunstepError PASS_UNSUPPORTED for a model older than operator set 13, or an operator that has changed since
 */
export const raiseToOpset23: Pass = {
  name: "raiseToOpset23",
  run(model) {
    const opset = model.opsets[""] ?? OPSET;
    if (opset >= OPSET) return { model, modified: false };
    return { model: withOpset({ ...model, graph: upgrade(model.graph, opset) }, "", OPSET), modified: true };
  },
};

function upgrade(graph: Graph, opset: number): Graph {
  checkMeaning(graph.nodes, opset);
  const initializers = new Map(graph.initializers);
  const nodes = graph.nodes.map((given): Node => {
    const node = mapSubgraphs(given, (subgraph) => upgrade(subgraph, opset));
    if (node.domain !== "") return node;
    const attribute = attributesNowInputs[node.op] ?? "";
    const numbers = intsAttribute(node.attributes, attribute);
    if (numbers) {
      // Named after the output: nodes need not have names.
      const input = `${node.outputs[0]}/${attribute}`;
      initializers.set(input, int64Data(numbers));
      const { [attribute]: _, ...attributes } = node.attributes;
      return { ...node, inputs: [node.inputs[0] ?? "", input], attributes };
    }
    const equalParts = node.op === "Split" && (node.inputs[1] ?? "") === "" && !node.attributes.num_outputs;
    return equalParts
      ? { ...node, attributes: { ...node.attributes, num_outputs: int(node.outputs.length) } }
      : node;
  });
  return { ...graph, nodes, initializers };
}
