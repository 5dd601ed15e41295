// onnx.proto, read field by field. Field numbers are those of onnx/onnx.proto (ONNX 1.19).

import type { BinaryReader } from "@bufbuild/protobuf/wire";
import { inFile } from "@sunstep/errors";
import type { ByteSource } from "@sunstep/files";
import { withoutAbsentAtEnd } from "../absent-inputs.js";
import { onnxError } from "../errors.js";
import type {
  Attribute,
  DataType,
  Dimension,
  Graph,
  Initializer,
  Model,
  NamedValue,
  Node,
  ValueType,
} from "../model.js";
import { checkModel } from "./check.js";
import { dataTypeOfCode } from "./data-type-codes.js";
import { type ExternalEntry, resolveExternal } from "./external-data.js";
import { type FieldReaders, readMessage, readRepeated } from "./protobuf.js";
import type { ReadOnnxOptions } from "./read-options.js";
import { typedDataBytes } from "./typed-data.js";

/**
 * Reads the bytes of an `.onnx` file and checks it: defined values, topological order, known operators, sizes of
 * initializers, external data inside the model's folder and inside its files. Weights are not loaded.
 * @throws SunstepError, codes of onnxErrors
 */
export async function readOnnx(bytes: Uint8Array, options: ReadOnnxOptions = {}): Promise<Model> {
  const external: ExternalEntry[] = [];
  const model = inFile(options.file, () => readModel(bytes, external));
  const sources = await resolveExternal(external, options);
  const complete = { ...model, graph: fillExternal(model.graph, sources) };
  inFile(options.file, () => checkModel(complete));
  return complete;
}

/** The graph with opened sources in place of names: of initializers, and of tensors and graphs in attributes. */
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

function readModel(bytes: Uint8Array, external: ExternalEntry[]): Model {
  let graph: Graph | undefined;
  const opsets: Record<string, number> = {};
  const metadata: [string, string][] = [];
  readMessage(bytes, {
    7: (reader) => {
      graph = readGraph(reader.bytes(), external, 1);
    },
    8: (reader) => {
      let domain = "";
      let version = 1;
      readMessage(reader.bytes(), {
        1: (field) => {
          domain = field.string();
        },
        2: (field) => {
          version = Number(field.int64());
        },
      });
      opsets[domain === "ai.onnx" ? "" : domain] = version;
    },
    14: (reader) => metadata.push(readEntry(reader.bytes())),
  });
  // Every model names its operator sets (ONNX's docs/IR.md, Models); without that two bytes would pass for one.
  const missing = !graph ? "graph" : Object.keys(opsets).length === 0 ? "operator set" : undefined;
  if (!graph || missing)
    throw onnxError("ONNX_NOT_A_MODEL", `the bytes are not an ONNX model: there is no ${missing} in them`);
  return { graph, opsets, metadata: Object.fromEntries(metadata) };
}

function readGraph(bytes: Uint8Array, external: ExternalEntry[], depth: number): Graph {
  let name = "";
  const nodes: Node[] = [];
  const initializers = new Map<string, Initializer>();
  const inputs: NamedValue[] = [];
  const outputs: NamedValue[] = [];
  const values = new Map<string, ValueType>();
  readMessage(
    bytes,
    {
      1: (reader) => nodes.push(readNode(reader.bytes(), external, depth + 1)),
      2: (reader) => {
        name = reader.string();
      },
      5: (reader) => {
        const [tensorName, initializer] = readTensor(reader.bytes(), external);
        initializers.set(tensorName, initializer);
      },
      11: (reader) => inputs.push(...readValueInfo(reader.bytes())),
      12: (reader) => outputs.push(...readValueInfo(reader.bytes())),
      13: (reader) => {
        for (const { name: value, ...type } of readValueInfo(reader.bytes())) values.set(value, type);
      },
    },
    depth,
  );
  // Before IR version 4 every initializer was listed as an input too.
  return {
    name,
    nodes,
    initializers,
    inputs: inputs.filter((input) => !initializers.has(input.name)),
    outputs,
    values,
  };
}

function readNode(bytes: Uint8Array, external: ExternalEntry[], depth: number): Node {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: [string, Attribute][] = [];
  const text = { name: "", op: "", domain: "" };
  readMessage(bytes, {
    1: (reader) => inputs.push(reader.string()),
    2: (reader) => outputs.push(reader.string()),
    3: (reader) => {
      text.name = reader.string();
    },
    4: (reader) => {
      text.op = reader.string();
    },
    5: (reader) => attributes.push(...readAttribute(reader.bytes(), external, depth + 1)),
    7: (reader) => {
      text.domain = reader.string();
    },
  });
  const domain = text.domain === "ai.onnx" ? "" : text.domain;
  return {
    ...text,
    domain,
    inputs: withoutAbsentAtEnd(inputs),
    outputs,
    attributes: Object.fromEntries(attributes),
  };
}

function readAttribute(bytes: Uint8Array, external: ExternalEntry[], depth: number): [string, Attribute][] {
  let name = "";
  let value: Attribute | undefined;
  const floats: number[] = [];
  const integers: number[] = [];
  const strings: string[] = [];
  let type = 0;
  const set = (attribute: Attribute) => {
    value = attribute;
  };
  readMessage(
    bytes,
    {
      1: (reader) => {
        name = reader.string();
      },
      2: (reader) => set({ type: "float", value: reader.float() }),
      3: (reader) => set({ type: "int", value: Number(reader.int64()) }),
      4: (reader) => set({ type: "string", value: reader.string() }),
      5: (reader) => set({ type: "tensor", value: readTensor(reader.bytes(), external)[1] }),
      6: (reader) => set({ type: "graph", value: readGraph(reader.bytes(), external, depth + 1) }),
      7: (reader, wire) => readRepeated(reader, wire, floats, (field) => field.float()),
      8: (reader, wire) => readRepeated(reader, wire, integers, (field) => Number(field.int64())),
      9: (reader) => strings.push(reader.string()),
      20: (reader) => {
        type = reader.int32();
      },
    },
    depth,
  );
  const attribute = value ?? emptyOrRepeated(type, floats, integers, strings);
  return attribute ? [[name, attribute]] : [];
}

/** protobuf does not write a scalar that is zero, nor an empty list: the declared type says which it was. */
function emptyOrRepeated(
  type: number,
  floats: number[],
  integers: number[],
  strings: string[],
): Attribute | undefined {
  switch (type) {
    case 1:
      return { type: "float", value: 0 };
    case 2:
      return { type: "int", value: 0 };
    case 3:
      return { type: "string", value: "" };
    case 6:
      return { type: "floats", value: floats };
    case 7:
      return { type: "ints", value: integers };
    case 8:
      return { type: "strings", value: strings };
    default:
      return undefined;
  }
}

function readTensor(bytes: Uint8Array, external: ExternalEntry[]): [string, Initializer] {
  const shape: number[] = [];
  let dtype: DataType = "float32";
  let name = "";
  let raw: Uint8Array | undefined;
  let isExternal = false;
  const entries: [string, string][] = [];
  const typed: number[] = [];
  const typedBig: bigint[] = [];
  const numbers =
    (read: (reader: BinaryReader) => number): FieldReaders[number] =>
    (reader, wire) =>
      readRepeated(reader, wire, typed, read);
  readMessage(bytes, {
    1: (reader, wire) => readRepeated(reader, wire, shape, (field) => Number(field.int64())),
    2: (reader) => {
      dtype = dataTypeOfCode(reader.int32());
    },
    4: numbers((reader) => reader.float()),
    5: numbers((reader) => reader.int32()),
    7: (reader, wire) => readRepeated(reader, wire, typedBig, (field) => BigInt(field.int64())),
    8: (reader) => {
      name = reader.string();
    },
    9: (reader) => {
      raw = reader.bytes();
    },
    10: numbers((reader) => reader.double()),
    11: (reader, wire) => readRepeated(reader, wire, typedBig, (field) => BigInt(field.uint64())),
    13: (reader) => entries.push(readEntry(reader.bytes())),
    14: (reader) => {
      isExternal = reader.int32() === 1;
    },
  });
  if (isExternal) {
    const entry: ExternalEntry = { tensor: name, dtype, shape, entries: new Map(entries) };
    external.push(entry);
    return [name, { dtype, shape, data: unresolved(entry) }];
  }
  return [
    name,
    { dtype, shape, data: { kind: "inline", bytes: raw ?? typedDataBytes(dtype, typed, typedBig) } },
  ];
}

const ownEntries = new Set(["location", "offset", "length"]);

function unresolved({ entries }: ExternalEntry): Initializer["data"] {
  const rest = [...entries].filter(([key]) => !ownEntries.has(key));
  return {
    kind: "external",
    source: {
      name: entries.get("location") ?? "",
      size: 0,
      read: () => Promise.reject(new Error("not opened")),
    },
    offset: Number(entries.get("offset") ?? 0),
    length: Number(entries.get("length") ?? 0),
    ...(rest.length > 0 && { entries: Object.fromEntries(rest) }),
  };
}

function readValueInfo(bytes: Uint8Array): NamedValue[] {
  let name = "";
  let type: ValueType | undefined;
  readMessage(bytes, {
    1: (reader) => {
      name = reader.string();
    },
    2: (reader) =>
      readMessage(reader.bytes(), {
        1: (tensor) => {
          type = readTensorType(tensor.bytes());
        },
      }),
  });
  return type ? [{ name, ...type }] : [];
}

function readTensorType(bytes: Uint8Array): ValueType {
  let dtype: DataType = "float32";
  let shape: Dimension[] | undefined;
  readMessage(bytes, {
    1: (reader) => {
      dtype = dataTypeOfCode(reader.int32());
    },
    2: (reader) => {
      const dimensions: Dimension[] = [];
      shape = dimensions;
      readMessage(reader.bytes(), {
        1: (dimension) => {
          let size: Dimension = "";
          readMessage(dimension.bytes(), {
            1: (field) => {
              size = Number(field.int64());
            },
            2: (field) => {
              size = field.string();
            },
          });
          dimensions.push(size);
        },
      });
    },
  });
  return shape ? { dtype, shape } : { dtype };
}

function readEntry(bytes: Uint8Array): [string, string] {
  let key = "";
  let value = "";
  readMessage(bytes, {
    1: (reader) => {
      key = reader.string();
    },
    2: (reader) => {
      value = reader.string();
    },
  });
  return [key, value];
}
