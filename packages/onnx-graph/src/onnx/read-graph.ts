// GraphProto, NodeProto and AttributeProto of onnx.proto, read field by field.
import { withoutAbsentAtEnd } from "../absent-inputs.js";
import type { Attribute, Graph, Initializer, Integer, NamedValue, Node, ValueType } from "../model.js";
import type { ExternalEntry } from "./external-data.js";
import { notKept, readInteger, readMessage, readName, readRepeated } from "./protobuf.js";
import { readTensor } from "./read-tensor.js";
import { readValueInfo } from "./read-type.js";
import { decodeUtf8 } from "./string-data.js";

export function readGraph(bytes: Uint8Array, external: ExternalEntry[], depth: number): Graph {
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
        name = readName(reader);
      },
      5: (reader) => {
        const [tensorName, initializer] = readTensor(reader.bytes(), external);
        initializers.set(tensorName, initializer);
      },
      11: (reader) => inputs.push(readValueInfo(reader.bytes())),
      12: (reader) => outputs.push(readValueInfo(reader.bytes())),
      13: (reader) => {
        const { name: value, ...type } = readValueInfo(reader.bytes());
        if (type.dtype !== "unknown" || type.encoded) values.set(value, type);
      },
      15: (reader) => {
        throw notKept(`the sparse initializer ${sparseName(reader.bytes(), external)} (make it dense)`);
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

/** The name of a SparseTensorProto, which is the name of its values. */
function sparseName(bytes: Uint8Array, external: ExternalEntry[]): string {
  let name = "";
  readMessage(bytes, {
    1: (reader) => {
      [name] = readTensor(reader.bytes(), external);
    },
  });
  return name;
}

function readNode(bytes: Uint8Array, external: ExternalEntry[], depth: number): Node {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: [string, Attribute][] = [];
  const text = { name: "", op: "", domain: "" };
  readMessage(bytes, {
    1: (reader) => inputs.push(readName(reader)),
    2: (reader) => outputs.push(readName(reader)),
    3: (reader) => {
      text.name = readName(reader);
    },
    4: (reader) => {
      text.op = readName(reader);
    },
    5: (reader) => attributes.push(readAttribute(reader.bytes(), external, depth + 1)),
    7: (reader) => {
      text.domain = readName(reader);
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

/** AttributeProto.AttributeType of the kinds that a model in memory cannot hold. */
const kindsNotKept: Readonly<Record<number, string>> = {
  9: "tensors",
  10: "graphs",
  11: "sparse tensor",
  12: "sparse tensors",
  14: "types",
};

function readAttribute(bytes: Uint8Array, external: ExternalEntry[], depth: number): [string, Attribute] {
  let name = "";
  let value: Attribute | undefined;
  const floats: number[] = [];
  const integers: Integer[] = [];
  const strings: Uint8Array[] = [];
  let type = 0;
  const set = (attribute: Attribute) => {
    value = attribute;
  };
  const refuse = (kind: number) => () => {
    throw notKept(`attribute ${name}, ${kindsNotKept[kind]}`);
  };
  readMessage(
    bytes,
    {
      1: (reader) => {
        name = readName(reader);
      },
      2: (reader) => set({ type: "float", value: reader.float() }),
      3: (reader) => set({ type: "int", value: readInteger(reader) }),
      4: (reader) => set(stringAttribute(reader.bytes())),
      5: (reader) => set({ type: "tensor", value: readTensor(reader.bytes(), external)[1] }),
      6: (reader) => set({ type: "graph", value: readGraph(reader.bytes(), external, depth + 1) }),
      7: (reader, wire) => readRepeated(reader, wire, floats, (field) => field.float()),
      8: (reader, wire) => readRepeated(reader, wire, integers, readInteger),
      9: (reader) => strings.push(reader.bytes()),
      10: refuse(9),
      11: refuse(10),
      14: (reader) => set({ type: "type", value: reader.bytes() }),
      15: refuse(14),
      20: (reader) => {
        type = reader.int32();
      },
      21: (reader) => {
        throw notKept(`attribute ${name}, a reference to an attribute ${readName(reader)} of a function`);
      },
      22: refuse(11),
      23: refuse(12),
    },
    depth,
  );
  return [name, value ?? emptyOrRepeated(name, type, floats, integers, strings)];
}

function stringAttribute(bytes: Uint8Array): Attribute {
  const text = decodeUtf8(bytes);
  return text === undefined ? { type: "bytes", value: bytes } : { type: "string", value: text };
}

function stringsAttribute(strings: readonly Uint8Array[]): Attribute {
  const texts = strings.flatMap((bytes) => decodeUtf8(bytes) ?? []);
  return texts.length === strings.length
    ? { type: "strings", value: texts }
    : { type: "byteStrings", value: strings };
}

/** Protobuf does not write a scalar that is zero, nor an empty list: the declared type tells them apart. */
function emptyOrRepeated(
  name: string,
  type: number,
  floats: number[],
  integers: Integer[],
  strings: Uint8Array[],
): Attribute {
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
      return stringsAttribute(strings);
    default:
      throw notKept(`attribute ${name}, ${kindsNotKept[type] ?? "without a value"}`);
  }
}
