import { BinaryReader, type BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { onnxError } from "../errors.js";

/** What to do with each field of a message, by field number. Fields without an entry are skipped. */
export type FieldReaders = Readonly<Record<number, (reader: BinaryReader, wireType: WireType) => void>>;

const MAX_DEPTH = 64;

/** Reads one protobuf message. Broken or nested-too-deep bytes are an ONNX_TRUNCATED or ONNX_NOT_A_MODEL error. */
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

export function writeString(writer: BinaryWriter, field: number, value: string): void {
  if (value !== "") writer.tag(field, WireType.LengthDelimited).string(value);
}

export function writeInt64(writer: BinaryWriter, field: number, value: number): void {
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

/** Numbers beyond 2^53 are only ever "to the end" markers, so the nearest int64 says the same. */
function toInt64(value: number): bigint {
  const exact = BigInt(value);
  return exact > INT64_MAX ? INT64_MAX : exact < INT64_MIN ? INT64_MIN : exact;
}
