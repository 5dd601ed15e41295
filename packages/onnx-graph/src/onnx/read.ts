// ModelProto of onnx.proto, read field by field. Field numbers are those of onnx/onnx.proto (ONNX 1.23).

import { inFile } from "@sunstep/errors";
import type { ByteSource } from "@sunstep/files";
import { onnxError } from "../errors.js";
import type { Attribute, Graph, Initializer, Model } from "../model.js";
import { checkModel } from "./check.js";
import { type ExternalEntry, resolveExternal } from "./external-data.js";
import { notKept, readEntry, readMessage, readName } from "./protobuf.js";
import { readGraph } from "./read-graph.js";
import type { ReadOnnxOptions } from "./read-options.js";

/**
 * Reads the bytes of an `.onnx` file and checks it: defined values, topological order, known operators, sizes of
 * initializers, external data inside the model's folder and inside its files. Weights are not loaded. Documentation
 * strings and annotations are left out; every other part that a model cannot hold is ONNX_NOT_KEPT.
 * @throws SunstepError, codes of onnxErrors
 */
export async function readOnnx(bytes: Uint8Array, options: ReadOnnxOptions = {}): Promise<Model> {
  const external: ExternalEntry[] = [];
  const model = inFile(options.file, () => readModel(bytes, external));
  const sources = await resolveExternal(external, options);
  const filled = { ...model, graph: fillExternal(model.graph, sources) };
  const { source } = options;
  const complete = source ? { ...filled, graph: leaveInFile(filled.graph, bytes, source) } : filled;
  inFile(options.file, () => checkModel(complete));
  return complete;
}

/** The graph with opened sources in place of names, in initializers and in tensors and graphs of attributes. */
function fillExternal(graph: Graph, sources: ReadonlyMap<string, ByteSource>): Graph {
  const filled = (initializer: Initializer): Initializer => {
    const { data } = initializer;
    if (data.kind === "inline") return initializer;
    return { ...initializer, data: { ...data, source: sources.get(data.source.name)! } };
  };
  const attribute = (given: Attribute): Attribute => {
    if (given.type === "tensor") return { ...given, value: filled(given.value) };
    return given.type === "graph" ? { ...given, value: fillExternal(given.value, sources) } : given;
  };
  const nodes = graph.nodes.map((node) => ({
    ...node,
    attributes: Object.fromEntries(
      Object.entries(node.attributes).map(([name, value]) => [name, attribute(value)]),
    ),
  }));
  const initializers = [...graph.initializers].map(([name, value]) => [name, filled(value)] as const);
  return { ...graph, nodes, initializers: new Map(initializers) };
}

/** Smaller constants hold little memory, and passes read them: sizes, scales, masks of attention. */
const SMALLEST_LEFT = 1 << 20;

/** The graph with weights that lie in the model's own bytes as external data in its file. */
function leaveInFile(graph: Graph, bytes: Uint8Array, source: ByteSource): Graph {
  const initializers = [...graph.initializers].map(([name, initializer]) => {
    const { dtype, data } = initializer;
    const lies = data.kind === "inline" && data.bytes.buffer === bytes.buffer && dtype !== "string";
    if (!lies || data.bytes.byteLength <= SMALLEST_LEFT) return [name, initializer] as const;
    const offset = data.bytes.byteOffset - bytes.byteOffset;
    const length = data.bytes.byteLength;
    return [name, { ...initializer, data: { kind: "external", source, offset, length } as const }] as const;
  });
  return { ...graph, initializers: new Map(initializers) };
}

function readModel(bytes: Uint8Array, external: ExternalEntry[]): Model {
  let graph: Graph | undefined;
  const opsets: [string, number][] = [];
  const metadata: [string, string][] = [];
  readMessage(bytes, {
    7: (reader) => {
      graph = readGraph(reader.bytes(), external, 1);
    },
    8: (reader) => opsets.push(readOpset(reader.bytes())),
    14: (reader) => metadata.push(readEntry(reader.bytes())),
    20: () => {
      throw notKept("information for training");
    },
    25: (reader) => {
      const name = functionName(reader.bytes());
      throw notKept(`the function ${name} (inline it with onnx.inliner.inline_local_functions)`);
    },
  });
  // Every model names its operator sets (ONNX's docs/IR.md, Models); without this check two bytes would be a model.
  const missing = !graph ? "graph" : opsets.length === 0 ? "operator set" : undefined;
  if (!graph || missing)
    throw onnxError("ONNX_NOT_A_MODEL", `the bytes are not an ONNX model: there is no ${missing} in them`);
  return { graph, opsets: Object.fromEntries(opsets), metadata: Object.fromEntries(metadata) };
}

function readOpset(bytes: Uint8Array): [domain: string, version: number] {
  let domain = "";
  let version = 1;
  readMessage(bytes, {
    1: (reader) => {
      domain = readName(reader);
    },
    2: (reader) => {
      version = Number(reader.int64());
    },
  });
  return [domain === "ai.onnx" ? "" : domain, version];
}

function functionName(bytes: Uint8Array): string {
  const text = { name: "", domain: "" };
  readMessage(bytes, {
    1: (reader) => {
      text.name = readName(reader);
    },
    10: (reader) => {
      text.domain = readName(reader);
    },
  });
  return text.domain === "" ? text.name : `${text.domain}.${text.name}`;
}
