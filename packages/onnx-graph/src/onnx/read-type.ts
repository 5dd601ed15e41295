// ValueInfoProto and TypeProto of onnx.proto, read field by field.
import type { Dimension, NamedValue, ValueType } from "../model.js";
import { dataTypeOfCode } from "./data-type-codes.js";
import { readMessage, readName } from "./protobuf.js";

/** Reads a value's name and type. A type that is missing, or no tensor's, is "unknown". */
export function readValueInfo(bytes: Uint8Array): NamedValue {
  let name = "";
  let encoded: Uint8Array | undefined;
  readMessage(bytes, {
    1: (reader) => {
      name = readName(reader);
    },
    2: (reader) => {
      encoded = reader.bytes();
    },
  });
  return { name, ...(encoded ? readType(encoded, name) : { dtype: "unknown" }) };
}

function readType(encoded: Uint8Array, name: string): ValueType {
  let tensor: ValueType | undefined;
  readMessage(encoded, {
    1: (reader) => {
      tensor = readTensorType(reader.bytes(), name);
    },
  });
  if (tensor) return tensor;
  return encoded.length > 0 ? { dtype: "unknown", encoded } : { dtype: "unknown" };
}

function readTensorType(bytes: Uint8Array, name: string): ValueType {
  let code = 0;
  let shape: Dimension[] | undefined;
  readMessage(bytes, {
    1: (reader) => {
      code = reader.int32();
    },
    2: (reader) => {
      const dimensions: Dimension[] = [];
      shape = dimensions;
      readMessage(reader.bytes(), { 1: (dimension) => dimensions.push(readDimension(dimension.bytes())) });
    },
  });
  const dtype = code === 0 ? "unknown" : dataTypeOfCode(code, `value ${name}`);
  return shape ? { dtype, shape } : { dtype };
}

function readDimension(bytes: Uint8Array): Dimension {
  let size: Dimension = "";
  readMessage(bytes, {
    1: (reader) => {
      size = Number(reader.int64());
    },
    2: (reader) => {
      size = readName(reader);
    },
  });
  return size;
}
