import { int, int64Data, intsAttribute, type Node, type Pass } from "@sunstep/onnx-graph";
import { CONTRIB_DOMAIN } from "../contrib.js";

const OPSET = 23;

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

/** Writes an older model in operator set 23, the one of the raised vocabulary. */
export const raiseToOpset23: Pass = {
  name: "raiseToOpset23",
  run(model) {
    const opset = model.opsets[""] ?? OPSET;
    const contribUsed = model.graph.nodes.some((node) => node.domain === CONTRIB_DOMAIN);
    const surplus = CONTRIB_DOMAIN in model.opsets && !contribUsed;
    if (opset >= OPSET && !surplus) return { model, modified: false };
    const initializers = new Map(model.graph.initializers);
    const nodes = model.graph.nodes.map((node): Node => {
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
    const { [CONTRIB_DOMAIN]: contrib, ...others } = model.opsets;
    const opsets = {
      ...others,
      ...(contrib !== undefined && contribUsed && { [CONTRIB_DOMAIN]: contrib }),
      "": Math.max(opset, OPSET),
    };
    return { model: { ...model, opsets, graph: { ...model.graph, nodes, initializers } }, modified: true };
  },
};
