// TensorProto of onnx.proto, read field by field.
import type { BinaryReader } from "@bufbuild/protobuf/wire";
import { byteLength } from "../data.js";
import { onnxError } from "../errors.js";
import type { DataType, Initializer } from "../model.js";
import { dataTypeOfCode } from "./data-type-codes.js";
import type { ExternalEntry } from "./external-data.js";
import { type FieldReaders, notKept, readEntry, readMessage, readName, readRepeated } from "./protobuf.js";
import { encodeStrings } from "./string-data.js";
import { typedDataBytes } from "./typed-data.js";

/** Reads a tensor and its name. An external one is added to `external`, and its source is not opened yet. */
export function readTensor(bytes: Uint8Array, external: ExternalEntry[]): [string, Initializer] {
  const shape: number[] = [];
  let code = 1;
  let name = "";
  let raw: Uint8Array | undefined;
  let isExternal = false;
  const entries: [string, string][] = [];
  const typed: number[] = [];
  const typedBig: bigint[] = [];
  const strings: Uint8Array[] = [];
  let segmented = false;
  const numbers =
    (read: (reader: BinaryReader) => number): FieldReaders[number] =>
    (reader, wire) =>
      readRepeated(reader, wire, typed, read);
  readMessage(bytes, {
    1: (reader, wire) => readRepeated(reader, wire, shape, (field) => Number(field.int64())),
    2: (reader) => {
      code = reader.int32();
    },
    3: (reader) => {
      segmented = reader.bytes().length > 0;
    },
    4: numbers((reader) => reader.float()),
    5: numbers((reader) => reader.int32()),
    6: (reader) => strings.push(reader.bytes()),
    7: (reader, wire) => readRepeated(reader, wire, typedBig, (field) => BigInt(field.int64())),
    8: (reader) => {
      name = readName(reader);
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
  if (segmented) throw notKept(`the segment of tensor ${name}`);
  const dtype = dataTypeOfCode(code, `tensor ${name || "without a name"}`);
  if (isExternal) {
    if (dtype === "string") throw onnxError("GRAPH_DTYPE", `tensor ${name}: strings cannot be external data`);
    const entry: ExternalEntry = { tensor: name, dtype, shape, entries: new Map(entries) };
    external.push(entry);
    return [name, { dtype, shape, data: unresolved(entry) }];
  }
  const inline = raw ?? inlineBytes(dtype, typed, typedBig, strings);
  return [name, { dtype, shape, data: { kind: "inline", bytes: inline } }];
}

function inlineBytes(
  dtype: DataType,
  typed: number[],
  typedBig: bigint[],
  strings: readonly Uint8Array[],
): Uint8Array {
  return dtype === "string" ? encodeStrings(strings) : typedDataBytes(dtype, typed, typedBig);
}

const ownEntries = new Set(["location", "offset", "length"]);

function unresolved({ dtype, shape, entries }: ExternalEntry): Initializer["data"] {
  const rest = [...entries].filter(([key]) => !ownEntries.has(key));
  return {
    kind: "external",
    source: {
      name: entries.get("location") ?? "",
      size: 0,
      read: () => Promise.reject(new Error("not opened")),
    },
    offset: Number(entries.get("offset") ?? 0),
    // Absent in models of PyTorch that are larger than 2 GB: a weight is all of its file.
    length: entries.has("length") ? Number(entries.get("length")) : byteLength(dtype, shape),
    ...(rest.length > 0 && { entries: Object.fromEntries(rest) }),
  };
}
