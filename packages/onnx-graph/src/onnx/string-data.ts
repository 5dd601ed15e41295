import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** Field `string_data` of TensorProto. */
const STRING_DATA = 6;

/** Encodes strings, which need not be UTF-8, as repeated `string_data` fields. */
export function encodeStrings(strings: readonly Uint8Array[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const string of strings) writer.tag(STRING_DATA, WireType.LengthDelimited).bytes(string);
  return writer.finish();
}

export function countStrings(encoded: Uint8Array): number {
  const reader = new BinaryReader(encoded);
  let count = 0;
  for (; reader.pos < reader.len; count++) {
    reader.tag();
    reader.bytes();
  }
  return count;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Decodes UTF-8 without any loss; undefined where the bytes are something else. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
