// onnx.proto, written field by field. Field numbers are those of onnx/onnx.proto (ONNX 1.19).

import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { ByteSource } from "@sunstep/files";
import { checkInitializer } from "../data.js";
import type { Attribute, Graph, Initializer, Model, NamedValue, Node, ValueType } from "../model.js";
import { codeOfDataType } from "./data-type-codes.js";
import { writeInt64, writeMessage, writeString } from "./protobuf.js";

export interface WriteOnnxOptions {
  /** Returns the `location` that is written for a file of external weights. Default: its name. */
  readonly locate?: (source: ByteSource) => string;
}

/** ONNX 1.16's, so that older runtimes read the file; operator sets do not depend on it (docs/Versioning.md). */
const IR_VERSION = 10;

/** Serializes a model as the bytes of an `.onnx` file. */
export function writeOnnx(
  model: Model,
  { locate = (source) => source.name }: WriteOnnxOptions = {},
): Uint8Array {
  const writer = new BinaryWriter();
  writeInt64(writer, 1, IR_VERSION);
  writeString(writer, 2, "sunstep");
  writeMessage(writer, 7, (graph) => writeGraph(graph, model.graph, locate));
  for (const [domain, version] of Object.entries(model.opsets)) {
    writeMessage(writer, 8, (opset) => {
      writeString(opset, 1, domain);
      writeInt64(opset, 2, version);
    });
  }
  for (const [key, value] of Object.entries(model.metadata)) writeEntry(writer, 14, key, value);
  return writer.finish();
}

type Locate = (source: ByteSource) => string;

function writeGraph(writer: BinaryWriter, graph: Graph, locate: Locate): void {
  for (const node of graph.nodes) writeMessage(writer, 1, (message) => writeNode(message, node, locate));
  writeString(writer, 2, graph.name);
  for (const [name, initializer] of graph.initializers) {
    writeMessage(writer, 5, (message) => writeTensor(message, name, initializer, locate));
  }
  for (const input of graph.inputs) writeMessage(writer, 11, (message) => writeValueInfo(message, input));
  for (const output of graph.outputs) writeMessage(writer, 12, (message) => writeValueInfo(message, output));
  const declared = new Set([...graph.inputs, ...graph.outputs].map((value) => value.name));
  for (const [name, type] of graph.values) {
    if (!declared.has(name))
      writeMessage(writer, 13, (message) => writeValueInfo(message, { name, ...type }));
  }
}

function writeNode(writer: BinaryWriter, node: Node, locate: Locate): void {
  for (const input of node.inputs) writer.tag(1, WireType.LengthDelimited).string(input);
  for (const output of node.outputs) writer.tag(2, WireType.LengthDelimited).string(output);
  writeString(writer, 3, node.name);
  writeString(writer, 4, node.op);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    writeMessage(writer, 5, (message) => writeAttribute(message, name, attribute, locate));
  }
  writeString(writer, 7, node.domain);
}

function writeAttribute(writer: BinaryWriter, name: string, attribute: Attribute, locate: Locate): void {
  const type = (code: number) => writer.tag(20, WireType.Varint).int32(code);
  writeString(writer, 1, name);
  switch (attribute.type) {
    case "float":
      writer.tag(2, WireType.Bit32).float(attribute.value);
      type(1);
      break;
    case "int":
      writeInt64(writer, 3, attribute.value);
      type(2);
      break;
    case "string":
      writer.tag(4, WireType.LengthDelimited).string(attribute.value);
      type(3);
      break;
    case "tensor":
      writeMessage(writer, 5, (message) => writeTensor(message, "", attribute.value, locate));
      type(4);
      break;
    case "graph":
      writeMessage(writer, 6, (message) => writeGraph(message, attribute.value, locate));
      type(5);
      break;
    case "floats":
      for (const value of attribute.value) writer.tag(7, WireType.Bit32).float(value);
      type(6);
      break;
    case "ints":
      for (const value of attribute.value) writeInt64(writer, 8, value);
      type(7);
      break;
    case "strings":
      for (const value of attribute.value) writer.tag(9, WireType.LengthDelimited).string(value);
      type(8);
      break;
    case "bytes":
      writer.tag(4, WireType.LengthDelimited).bytes(attribute.value);
      type(3);
      break;
    case "byteStrings":
      for (const value of attribute.value) writer.tag(9, WireType.LengthDelimited).bytes(value);
      type(8);
      break;
    case "type":
      writer.tag(14, WireType.LengthDelimited).bytes(attribute.value);
      type(13);
      break;
  }
}

function writeTensor(writer: BinaryWriter, name: string, initializer: Initializer, locate: Locate): void {
  checkInitializer(name, initializer);
  const { dtype, shape, data } = initializer;
  for (const size of shape) writeInt64(writer, 1, size);
  writer.tag(2, WireType.Varint).int32(codeOfDataType(dtype));
  writeString(writer, 8, name);
  if (data.kind === "inline" && dtype === "string") {
    writer.raw(data.bytes);
    return;
  }
  if (data.kind === "inline") {
    writer.tag(9, WireType.LengthDelimited).bytes(data.bytes);
    return;
  }
  writeEntry(writer, 13, "location", locate(data.source));
  writeEntry(writer, 13, "offset", String(data.offset));
  writeEntry(writer, 13, "length", String(data.length));
  for (const [key, value] of Object.entries(data.entries ?? {})) writeEntry(writer, 13, key, value);
  writer.tag(14, WireType.Varint).int32(1);
}

function writeValueInfo(writer: BinaryWriter, value: NamedValue): void {
  writeString(writer, 1, value.name);
  if (value.dtype !== "unknown" || value.shape) writeMessage(writer, 2, (type) => writeType(type, value));
  else if (value.encoded) writer.tag(2, WireType.LengthDelimited).bytes(value.encoded);
}

function writeType(writer: BinaryWriter, { dtype, shape }: ValueType): void {
  writeMessage(writer, 1, (tensor) => {
    if (dtype !== "unknown") tensor.tag(1, WireType.Varint).int32(codeOfDataType(dtype));
    if (!shape) return;
    writeMessage(tensor, 2, (dimensions) => {
      for (const size of shape) {
        writeMessage(dimensions, 1, (dimension) => {
          if (typeof size === "number") writeInt64(dimension, 1, size);
          else writeString(dimension, 2, size);
        });
      }
    });
  });
}

function writeEntry(writer: BinaryWriter, field: number, key: string, value: string): void {
  writeMessage(writer, field, (entry) => {
    writeString(entry, 1, key);
    writeString(entry, 2, value);
  });
}
