import { editGraph, type GraphIndex, indexGraph, int, type Node, type Pass } from "@sunstep/onnx-graph";

interface Part {
  readonly node: Node;
  readonly axis: number;
  readonly start: number;
  readonly end: number;
}

/** Reads a Slice of one axis, in steps of 1. */
function partOf(node: Node, index: GraphIndex): Part | undefined {
  const shape = index.type(node.inputs[0] ?? "")?.shape;
  const [starts, , axes, steps] = node.inputs.slice(1).map((input) => index.constant(input));
  if (node.op !== "Slice" || !shape || starts?.length !== 1 || (steps?.[0] ?? 1) !== 1) return undefined;
  const given = axes?.[0] ?? 0;
  const axis = given < 0 ? given + shape.length : given;
  const [total, size] = [shape[axis], index.type(node.outputs[0] ?? "")?.shape?.[axis]];
  if (typeof total !== "number" || typeof size !== "number") return undefined;
  const start = Math.min(starts[0]! < 0 ? starts[0]! + total : starts[0]!, total);
  return { node, axis, start, end: start + size };
}

/** The Slices that cut a value up without rest, in their order. */
function partition(value: string, index: GraphIndex): readonly Part[] | undefined {
  const parts = index.consumers(value).flatMap((node) => partOf(node, index) ?? []);
  const [first] = parts;
  if (!first || parts.length < 2 || parts.length !== index.useCount(value)) return undefined;
  const sorted = parts.toSorted((a, b) => a.start - b.start);
  const joins = sorted.every(
    ({ axis, start }, i) => axis === first.axis && start === (sorted[i - 1]?.end ?? 0),
  );
  return joins && sorted.at(-1)!.end === index.type(value)?.shape?.[first.axis] ? sorted : undefined;
}

/** Joins Slices that cut one value up into a Split: exporters write the values and gates of GEGLU as Slices. */
export const joinSlices: Pass = {
  name: "joinSlices",
  run(model) {
    const index = indexGraph(model.graph);
    const done = new Set<string>();
    return editGraph(model, (node, emit) => {
      const [value = ""] = node.inputs;
      if (done.has(value) && partOf(node, index)) return [];
      const parts = node.op === "Slice" ? partition(value, index) : undefined;
      if (!parts) return undefined;
      done.add(value);
      const sizes = parts.map(({ start, end }) => end - start);
      const split: Node = {
        name: node.name,
        op: "Split",
        domain: "",
        inputs: [value, emit.ints(sizes).name],
        outputs: parts.map((part) => part.node.outputs[0]!),
        attributes: { axis: int(parts[0]!.axis) },
      };
      return [split];
    });
  },
};
