// A graph reduced to what it computes, so that two graphs can be compared however they were written.

import {
  type GraphIndex,
  indexGraph,
  intsAttribute,
  type Model,
  type Node,
  numberAttribute,
  stringAttribute,
  valuesRead,
} from "@sunstep/onnx-graph";

/** Operators that pass the elements of their first input on in their order. */
const passing: ReadonlySet<string> = new Set([
  "Cast",
  "Expand",
  "Flatten",
  "Identity",
  "Reshape",
  "Squeeze",
  "Unsqueeze",
]);

export const commutative: ReadonlySet<string> = new Set(["Add", "Mul"]);

export interface Skeleton {
  readonly model: Model;
  readonly index: GraphIndex;
  /** Tells whether a value depends on no input of the graph: a weight, as it is stored or rearranged. */
  isConstant(value: string): boolean;
  /** The value that a value has its elements from, in the same order. */
  resolve(value: string): string;
  /** The values that a node computes with; sizes and axes are in its `signature`. */
  operands(node: Node): readonly string[];
  /** Equal for values that are computed alike, from weights of the same number of elements. */
  shapeOf(value: string): string;
}

/** Describes what a node computes, without its operands: its operator and its attributes, with defaults filled in. */
export function signature(node: Node, { type }: GraphIndex): string {
  const { attributes } = node;
  const [first = ""] = node.inputs;
  const [output = ""] = node.outputs;
  const number = (name: string, fallback: number) => numberAttribute(attributes, name, fallback);
  const axis = (fallback: number) => {
    const rank = type(first)?.shape?.length ?? 0;
    const given = number("axis", fallback);
    return given < 0 ? given + rank : given;
  };
  // Float16 exports round epsilons and scales.
  const rounded = (value: number) => value.toPrecision(1);
  const parts = ((): readonly unknown[] => {
    switch (node.op) {
      case "Conv": {
        const spatial = (type(first)?.shape?.length ?? 4) - 2;
        const ones = new Array(spatial).fill(1);
        return [
          intsAttribute(attributes, "strides") ?? ones,
          intsAttribute(attributes, "pads") ?? [...ones, ...ones].map(() => 0),
          intsAttribute(attributes, "dilations") ?? ones,
          number("group", 1),
          stringAttribute(attributes, "auto_pad", "NOTSET"),
        ];
      }
      case "GroupNormalization":
        return [number("num_groups", 1), rounded(number("epsilon", 1e-5))];
      case "LayerNormalization":
        return [axis(-1), rounded(number("epsilon", 1e-5))];
      case "Attention":
        return [
          number("q_num_heads", 0),
          number("is_causal", 0),
          attributes.scale ? number("scale", 0).toPrecision(2) : "usual",
        ];
      case "Gelu":
        return [stringAttribute(attributes, "approximate", "none")];
      case "Concat":
        return [axis(0)];
      case "Gather":
        return [axis(0)];
      case "Split":
        return [axis(0), node.outputs.map((name) => type(name)?.shape?.join())];
      case "Transpose":
        return [intsAttribute(attributes, "perm")];
      case "Resize":
        return [
          stringAttribute(attributes, "mode", "nearest"),
          stringAttribute(attributes, "coordinate_transformation_mode", "half_pixel"),
          stringAttribute(attributes, "nearest_mode", "round_prefer_floor"),
          type(output)?.shape?.join(),
        ];
      default:
        return Object.entries(attributes).map(([name, { value }]) => [name, String(value)]);
    }
  })();
  return JSON.stringify([node.domain, node.op, ...parts]);
}

/** Operators whose further inputs are sizes, and stand in their signature. */
const ofFirst: ReadonlySet<string> = new Set(["Resize", "Split"]);

/** Reduces a graph of fixed sizes. `names` numbers what values are computed by, and is shared by graphs to compare. */
export function skeletonOf(model: Model, names: Map<string, string>): Skeleton {
  const index = indexGraph(model.graph);
  const constants = new Set(model.graph.initializers.keys());
  const sources = new Map<string, string>();
  const shapes = new Map<string, string>();
  const named = (description: string) => {
    const known = names.get(description) ?? String(names.size);
    names.set(description, known);
    return known;
  };
  const countOf = (value: string) =>
    ((index.type(value)?.shape ?? []) as readonly number[]).reduce((product, size) => product * size, 1);
  const resolve = (value: string) => sources.get(value) ?? value;
  const shapeOf = (value: string): string =>
    constants.has(value)
      ? named(`constant ${countOf(value)}`)
      : (shapes.get(resolve(value)) ?? named("input"));
  const operands = (node: Node) =>
    (ofFirst.has(node.op) ? node.inputs.slice(0, 1) : node.inputs).filter((input) => input !== "");

  for (const node of model.graph.nodes) {
    if (valuesRead(node).every((input) => constants.has(input))) {
      for (const output of node.outputs) constants.add(output);
      continue;
    }
    const [output = ""] = node.outputs;
    if (passing.has(node.op) && node.domain === "") {
      sources.set(output, resolve(node.inputs[0] ?? ""));
      continue;
    }
    const read = operands(node).map(shapeOf);
    if (commutative.has(node.op)) read.sort();
    const made = named(`${signature(node, index)} of ${read.join()}`);
    for (const [i, name] of node.outputs.entries())
      shapes.set(name, i === 0 ? made : named(`output ${i} of ${made}`));
  }
  return { model, index, isConstant: (value) => constants.has(value), resolve, operands, shapeOf };
}
