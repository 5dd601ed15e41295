import { checkInitializer } from "../data.js";
import { onnxError } from "../errors.js";
import { valuesRead } from "../graph-index.js";
import type { Graph, Model } from "../model.js";
import { sortTopologically } from "../passes/topological-order.js";
import { standardOperators } from "./standard-operators.js";

/** The newest ai.onnx operator set that this package knows (ONNX 1.23). */
const NEWEST_OPSET = 28;

/** Further domains of ONNX and ONNX Runtime, whose operators are not listed here. */
const knownDomains = new Set([
  "com.microsoft",
  "com.microsoft.nchwc",
  "com.ms.internal.nhwc",
  "ai.onnx.ml",
  "ai.onnx.preview.training",
]);

/**
 * Checks that a model can run at all: its operator sets, operators and initializer sizes, and that each value is defined
 * once and before it is read.
 * @throws SunstepError, codes of onnxErrors
 */
export function checkModel(model: Model): void {
  const opset = model.opsets[""];
  if (opset !== undefined && (opset < 1 || opset > NEWEST_OPSET)) {
    throw onnxError(
      "ONNX_OPSET_UNSUPPORTED",
      `the model uses operator set ${opset}; 1 to ${NEWEST_OPSET} are supported`,
      { opset },
    );
  }
  for (const [name, initializer] of model.graph.initializers) checkInitializer(name, initializer);
  checkOperators(model.graph);
  checkValues(model.graph);
}

function checkOperators(graph: Graph): void {
  for (const { op, domain, name } of graph.nodes) {
    if (domain === "" ? !standardOperators.has(op) : !knownDomains.has(domain)) {
      throw onnxError(
        "ONNX_OPERATOR_UNKNOWN",
        `unsupported operator ${domain ? `${domain}.` : ""}${op} (node ${name || "without a name"})`,
        { op, domain },
      );
    }
  }
}

function checkValues(graph: Graph): void {
  const defined = new Set([...graph.inputs.map((input) => input.name), ...graph.initializers.keys()]);
  const written = new Set(graph.nodes.flatMap((node) => node.outputs.filter((output) => output !== "")));
  let ordered = true;
  for (const node of graph.nodes) {
    for (const value of valuesRead(node)) {
      if (defined.has(value)) continue;
      if (!written.has(value)) {
        throw onnxError(
          "ONNX_UNDEFINED_VALUE",
          `node ${node.name || node.op} reads ${value}, which is not defined`,
          { value, node: node.name },
        );
      }
      ordered = false;
    }
    for (const output of node.outputs) {
      if (output === "") continue;
      if (defined.has(output))
        throw onnxError("ONNX_DUPLICATE_VALUE", `value ${output} is defined twice`, { value: output });
      defined.add(output);
    }
  }
  for (const { name } of graph.outputs) {
    if (!defined.has(name))
      throw onnxError("ONNX_UNDEFINED_VALUE", `output ${name} is not defined`, { value: name });
  }
  if (ordered) return;
  // Not in order: either a real cycle (the sort says where), or a file that breaks the format's rule.
  sortTopologically.run({ graph, opsets: {}, metadata: {} });
  throw onnxError("ONNX_CYCLE", "the graph's nodes are not in topological order");
}
