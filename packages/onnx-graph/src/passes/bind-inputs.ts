import { inlineNumbers } from "../data.js";
import { onnxError } from "../errors.js";
import { valuesRead } from "../graph-index.js";
import type { Graph, Initializer, Node } from "../model.js";
import type { Pass } from "../pass.js";
import { removeDeadCode } from "./dead-code.js";
import { removeIdentities } from "./identity.js";

/**
 * Binds graph inputs to constants and simplifies their readers: x * 0 and its sums are 0, x + 0, x - 0 and x * 1 are x. The
 * difference of two constants counts as one, so that a weight of 1 - x is known too.
 * With `{ sun_scale: 0 }` it turns a U-Net with an adapter into the plain one, over the same weights.
 * @throws GRAPH_UNKNOWN_INPUT
 */
export function bindInputs(constants: Readonly<Record<string, Initializer>>): Pass {
  return {
    name: "bindInputs",
    run(model) {
      const { graph } = model;
      for (const name of Object.keys(constants)) {
        if (!graph.inputs.some((input) => input.name === name)) {
          throw onnxError(
            "GRAPH_UNKNOWN_INPUT",
            `the graph has no input ${name}; it has ${graph.inputs.map((input) => input.name).join(", ")}`,
            { input: name },
          );
        }
      }
      const bound: Graph = {
        ...graph,
        inputs: graph.inputs.filter((input) => !Object.hasOwn(constants, input.name)),
        initializers: new Map([...graph.initializers, ...Object.entries(constants)]),
      };
      const simplified = { ...model, graph: { ...bound, nodes: simplify(bound) } };
      const { model: clean } = removeDeadCode.run(removeIdentities.run(simplified).model);
      return { model: withoutUnreadInputs(clean), modified: true };
    },
  };
}

/** Operators whose result is zero if either operand is zero, and if the first one is. */
const products: ReadonlySet<string> = new Set(["Mul", "MatMul"]);
const keepsZeros: ReadonlySet<string> = new Set(["ReduceSum", "Reshape"]);

/** Replaces nodes by Identity where a constant factor or summand decides the result. */
function simplify(graph: Graph): Node[] {
  const uniform = new Map<string, number>();
  for (const [name, initializer] of graph.initializers) {
    if (initializer.data.kind !== "inline") continue;
    const { bytes } = initializer.data;
    const numbers = bytes.length <= 64 ? inlineNumbers(initializer) : undefined;
    if (numbers?.length && numbers.every((number) => number === numbers[0])) uniform.set(name, numbers[0]!);
    else if (bytes.length > 64 && isZero(bytes)) uniform.set(name, 0);
  }
  return graph.nodes.map((node) => {
    const [output = ""] = node.outputs;
    const [a = "", b = ""] = node.inputs;
    const [left, right] = [uniform.get(a), uniform.get(b)];
    if (node.domain !== "") return node;
    if (node.op === "Identity" && left !== undefined) uniform.set(output, left);
    if (products.has(node.op) && (left === 0 || right === 0)) uniform.set(output, 0);
    if (keepsZeros.has(node.op) && left === 0) uniform.set(output, 0);
    if (node.op === "Sub" && left !== undefined && right !== undefined) uniform.set(output, left - right);
    const kept = keptOperand(node.op, left, right);
    return kept === undefined || !sameShape(graph, kept === 0 ? a : b, output)
      ? node
      : { ...node, op: "Identity", inputs: [kept === 0 ? a : b], attributes: {} };
  });
}

/** Called on tensors of any size, so without a callback for each byte. */
function isZero(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** The operand that a node equals, if the other one is neutral. */
function keptOperand(op: string, left: number | undefined, right: number | undefined): 0 | 1 | undefined {
  if (op === "Add") return right === 0 ? 0 : left === 0 ? 1 : undefined;
  if (op === "Sub") return right === 0 ? 0 : undefined;
  if (op === "Mul") return right === 1 ? 0 : left === 1 ? 1 : undefined;
  return undefined;
}

function sameShape(graph: Graph, input: string, output: string): boolean {
  const shapeOf = (name: string) =>
    (
      graph.values.get(name) ??
      graph.inputs.find((value) => value.name === name) ??
      graph.initializers.get(name) ??
      graph.outputs.find((value) => value.name === name)
    )?.shape;
  const [from, to] = [shapeOf(input), shapeOf(output)];
  return (
    from !== undefined &&
    to !== undefined &&
    from.length === to.length &&
    from.every((size, i) => size === to[i])
  );
}

/** Removes the inputs that no node reads any more. */
function withoutUnreadInputs(model: Parameters<Pass["run"]>[0]) {
  const read = new Set([
    ...model.graph.nodes.flatMap(valuesRead),
    ...model.graph.outputs.map((output) => output.name),
  ]);
  return {
    ...model,
    graph: { ...model.graph, inputs: model.graph.inputs.filter((input) => read.has(input.name)) },
  };
}
