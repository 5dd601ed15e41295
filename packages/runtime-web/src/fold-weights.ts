import type { ByteSource } from "@sunstep/files";
import {
  byteLength,
  type Graph,
  type Initializer,
  indexGraph,
  type Model,
  type NamedValue,
  removeDeadCode,
  staticShape,
  valuesRead,
} from "@sunstep/onnx-graph";
import type { LocalSession } from "@sunstep/runtime/worker";
import type { Tensor as OrtTensor } from "onnxruntime-web";

/** Bytes of results that are computed at a time. Their float32 weights take four times as many, more than once. */
const PIECE_BYTES = 2 ** 25;

/** Keeps parts behind each other, where sessions can read them. */
export type StoreBytes = (parts: readonly Uint8Array<ArrayBuffer>[]) => ByteSource;

/** A value that nodes compute from weights alone and other nodes read. */
interface Folded extends NamedValue {
  readonly dtype: Initializer["dtype"];
  readonly shape: readonly number[];
}

/**
 * Computes what a model makes of its weights alone, a part at a time, and returns the model over the results. ONNX
 * Runtime would do so for the whole model at once: as float32, the weights that quantisation reads are four
 * times as large as its results, and more than WebAssembly can address.
 */
export async function foldWeights(
  model: Model,
  load: (part: Model) => Promise<LocalSession<OrtTensor>>,
  store: StoreBytes,
): Promise<Model> {
  const folded = new Map<string, Initializer>();
  for (const piece of piecesOf(foldedValues(model.graph))) {
    const session = await load(partOf(model, piece));
    try {
      for (const [name, initializer] of stored(await session.run({}), piece, store))
        folded.set(name, initializer);
    } finally {
      await session.release();
    }
  }
  if (folded.size === 0) return model;
  const { graph } = model;
  const nodes = graph.nodes.filter(({ outputs }) => !outputs.every((output) => folded.has(output)));
  const initializers = new Map([...graph.initializers, ...folded]);
  const values = new Map([...graph.values].filter(([name]) => !folded.has(name)));
  return removeDeadCode.run({ ...model, graph: { ...graph, nodes, initializers, values } }).model;
}

function foldedValues(graph: Graph): Folded[] {
  const index = indexGraph(graph);
  const constant = new Set(graph.initializers.keys());
  const computed = new Set<string>();
  const read = new Set<string>();
  for (const node of graph.nodes) {
    const inputs = valuesRead(node);
    const isConstant = inputs.length > 0 && inputs.every((value) => constant.has(value));
    for (const output of isConstant ? node.outputs : []) {
      constant.add(output);
      // A node with several results stays whole.
      if (node.outputs.length === 1) computed.add(output);
    }
    if (!isConstant) for (const input of inputs) read.add(input);
  }
  return [...computed].flatMap((name): Folded[] => {
    const { dtype, shape } = index.type(name) ?? {};
    const sizes = staticShape(shape);
    // Shapes and axes are left to ONNX Runtime, which reads them while it loads the model.
    if (!read.has(name) || !sizes || dtype === undefined || dtype === "unknown" || dtype === "int64")
      return [];
    return [{ name, dtype, shape: sizes }];
  });
}

function piecesOf(values: readonly Folded[]): Folded[][] {
  const pieces: Folded[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const value of values) {
    if (bytes >= PIECE_BYTES) {
      pieces.push([]);
      bytes = 0;
    }
    pieces.at(-1)!.push(value);
    bytes += byteLength(value.dtype, value.shape);
  }
  return pieces;
}

/** The model that computes some values from the weights that they need. */
function partOf(model: Model, values: readonly Folded[]): Model {
  return removeDeadCode.run({ ...model, graph: { ...model.graph, inputs: [], outputs: values } }).model;
}

/** Stores the results of a piece behind each other. */
function stored(
  results: Readonly<Record<string, OrtTensor>>,
  values: readonly Folded[],
  store: StoreBytes,
): [string, Initializer][] {
  const parts = values.map(({ name }) => {
    const { buffer, byteOffset, byteLength: length } = results[name]!.data as Uint8Array<ArrayBuffer>;
    return new Uint8Array(buffer, byteOffset, length);
  });
  const source = store(parts);
  let end = 0;
  return values.map(({ name, dtype, shape }, i) => {
    const [offset, length] = [end, parts[i]!.byteLength];
    end += length;
    return [name, { dtype, shape, data: { kind: "external", source, offset, length } }];
  });
}
