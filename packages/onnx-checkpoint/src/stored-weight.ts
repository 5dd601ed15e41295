import { memorySource, type WeightRef } from "@sunstep/checkpoint";
import {
  byteLength,
  elementCount,
  type GraphIndex,
  intsAttribute,
  type Model,
  type Node,
  staticShape,
} from "@sunstep/onnx-graph";
import { onnxCheckpointError } from "./errors.js";

/** A constant as it is stored, and how it is read. */
interface Stored {
  /** Name of the initializer. */
  readonly name: string;
  /** A matrix is read transposed. */
  readonly transposed: boolean;
}

export interface WantedWeight {
  /** The canonical name. */
  readonly name: string;
  readonly shape: readonly number[];
}

/** Operators that keep the elements in their order. */
const passing: ReadonlySet<string> = new Set([
  "Cast",
  "Flatten",
  "Identity",
  "Reshape",
  "Squeeze",
  "Unsqueeze",
]);

/** Finds the initializer behind a constant; a string is the operator that is in the way. */
export function storedConstant(value: string, index: GraphIndex): Stored | string {
  let transposed = false;
  for (let current = value; ; ) {
    if (index.isInitializer(current)) return { name: current, transposed };
    const node = index.producer(current);
    const [from = ""] = node?.inputs ?? [];
    const isMatrix = matrixOf(index.type(from)?.shape) !== undefined;
    if (node?.op === "Transpose" && isMatrix && intsAttribute(node.attributes, "perm")?.join() === "1,0")
      transposed = !transposed;
    else if (!node || !(passing.has(node.op) || readsWhole(node, index))) return node?.op ?? "no operator";
    else if (transposed && !keepsMatrix(from, current, index)) return `${node.op} of a transposed matrix`;
    current = from;
  }
}

/** The sizes of a matrix, which may have further axes of size 1. */
function matrixOf(shape: readonly (number | string)[] | undefined): string | undefined {
  const sizes = shape?.filter((size, axis) => axis < 2 || size !== 1);
  return sizes?.length === 2 ? sizes.join() : undefined;
}

function keepsMatrix(from: string, to: string, index: GraphIndex): boolean {
  const sizes = matrixOf(index.type(from)?.shape);
  return sizes !== undefined && sizes === matrixOf(index.type(to)?.shape);
}

/** Tells whether Gather or Slice reads all rows of a table, in their order. */
function readsWhole(
  { op, inputs: [table = "", rows = ""], outputs: [result = ""] }: Node,
  index: GraphIndex,
): boolean {
  const [from, to] = [index.type(table)?.shape, index.type(result)?.shape];
  if (op === "Slice") return from?.join() === to?.join();
  const numbers = op === "Gather" ? index.constant(rows) : undefined;
  return numbers?.length === from?.[0] && numbers?.every((row, i) => row === i) === true;
}

/**
 * Makes a reference to a weight of our network out of its counterpart in another graph. `transposed`: our network reads the
 * weight transposed there.
 * @throws SunstepError ONNX_GRAPH_WEIGHT
 */
export function storedWeight(
  wanted: WantedWeight,
  value: string,
  transposed: boolean,
  { model, index, file }: { readonly model: Model; readonly index: GraphIndex; readonly file: string },
): WeightRef {
  const stored = storedConstant(value, index);
  if (typeof stored === "string") throw unknownForm(wanted, value, `it is made by ${stored}`, file);
  const { dtype, shape, data } = model.graph.initializers.get(stored.name)!;
  if (dtype !== "float32" && dtype !== "float16" && dtype !== "bfloat16")
    throw unknownForm(wanted, value, `it is stored as ${dtype}`, file);
  const swapped = transposed !== stored.transposed;
  const sizes = staticShape(shape)!;
  const expected = swapped ? wanted.shape.toReversed() : wanted.shape;
  const fits = swapped ? matrixOf(sizes) === expected.join() : elementCount(sizes) === elementCount(expected);
  if (!fits)
    throw unknownForm(wanted, value, `it is [${sizes.join(", ")}], not [${expected.join(", ")}]`, file);
  const source = data.kind === "external" ? data.source : memorySource(data.bytes, stored.name);
  return {
    ...wanted,
    dtype,
    source,
    offset: data.kind === "external" ? data.offset : 0,
    length: byteLength(dtype, sizes),
    ...(swapped && { transposed: true }),
  };
}

function unknownForm({ name }: WantedWeight, value: string, problem: string, file: string): Error {
  return onnxCheckpointError(
    "ONNX_GRAPH_WEIGHT",
    `${file}: the weight ${name} (${value} in the file) cannot be taken over: ${problem}. Export the model without ` +
      "quantization and packing of weights, or open its .safetensors files",
    { file, weight: name, value },
  );
}
