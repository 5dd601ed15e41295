import { BinaryReader, type BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { onnxError } from "../errors.js";
import type { Integer } from "../model.js";
import { decodeUtf8 } from "./string-data.js";

/** Readers of the fields of a message, by field number. Fields without an entry are skipped. */
export type FieldReaders = Readonly<Record<number, (reader: BinaryReader, wireType: WireType) => void>>;

const MAX_DEPTH = 64;

/** Reads one protobuf message. Bytes that are broken or nested too deep throw ONNX_TRUNCATED or ONNX_NOT_A_MODEL. */
export function readMessage(bytes: Uint8Array, fields: FieldReaders, depth = 0): void {
  if (depth > MAX_DEPTH)
    throw onnxError("ONNX_NOT_A_MODEL", `messages are nested more than ${MAX_DEPTH} deep`);
  const reader = new BinaryReader(bytes);
  try {
    while (reader.pos < reader.len) {
      const [field, wireType] = reader.tag();
      const read = fields[field];
      if (read) read(reader, wireType);
      else reader.skip(wireType, field);
    }
  } catch (error) {
    if (error instanceof RangeError) {
      throw onnxError("ONNX_TRUNCATED", "the model ends in the middle of a field; was the file cut short?", {
        cause: error,
      });
    }
    if (error instanceof Error && !("code" in error)) {
      throw onnxError("ONNX_NOT_A_MODEL", `the bytes are not an ONNX model (${error.message})`, {
        cause: error,
      });
    }
    throw error;
  }
  if (reader.pos > reader.len)
    throw onnxError("ONNX_TRUNCATED", "the model ends in the middle of a field; was the file cut short?");
}

/** A repeated scalar field, packed or not. */
export function readRepeated<T>(
  reader: BinaryReader,
  wireType: WireType,
  into: T[],
  read: (reader: BinaryReader) => T,
): void {
  if (wireType !== WireType.LengthDelimited) {
    into.push(read(reader));
    return;
  }
  const packed = new BinaryReader(reader.bytes());
  while (packed.pos < packed.len) into.push(read(packed));
}

/** Reads a name. Names that are not UTF-8 are refused: replacement characters could make two of them equal. */
export function readName(reader: BinaryReader): string {
  const bytes = reader.bytes();
  const name = decodeUtf8(bytes);
  if (name === undefined) {
    const shown = new TextDecoder().decode(bytes);
    throw onnxError("ONNX_NOT_A_MODEL", `the name ${JSON.stringify(shown)} is not UTF-8`);
  }
  return name;
}

/** Reads an int64 without loss. */
export function readInteger(reader: BinaryReader): Integer {
  const value = BigInt(reader.int64());
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Reads a StringStringEntryProto. */
export function readEntry(bytes: Uint8Array): [key: string, value: string] {
  let key = "";
  let value = "";
  readMessage(bytes, {
    1: (reader) => {
      key = readName(reader);
    },
    2: (reader) => {
      value = readName(reader);
    },
  });
  return [key, value];
}

/** The error for a part of the format that a model in memory cannot hold. */
export function notKept(part: string): Error {
  return onnxError("ONNX_NOT_KEPT", `the model cannot be read without loss: it holds ${part}`, { part });
}

export function writeString(writer: BinaryWriter, field: number, value: string): void {
  if (value !== "") writer.tag(field, WireType.LengthDelimited).string(value);
}

export function writeInt64(writer: BinaryWriter, field: number, value: Integer): void {
  writer.tag(field, WireType.Varint).int64(toInt64(value));
}

export function writeMessage(
  writer: BinaryWriter,
  field: number,
  write: (writer: BinaryWriter) => void,
): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/** Numbers (not bigints) beyond 2^53 are only ever "to the end" markers, so the nearest int64 says the same. */
function toInt64(value: Integer): bigint {
  const exact = BigInt(value);
  return exact > INT64_MAX ? INT64_MAX : exact < INT64_MIN ? INT64_MIN : exact;
}
