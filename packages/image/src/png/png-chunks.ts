// The chunk layer of PNG (https://www.w3.org/TR/png-3/#5Chunk-layout), checked before anything is inflated or allocated.

import { imageError } from "../errors.js";

export interface PngChunk {
  readonly type: string;
  readonly data: Uint8Array;
}

const pngSignature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

export function isPng(bytes: Uint8Array): boolean {
  return pngSignature.every((byte, i) => bytes[i] === byte);
}

/** The chunks up to and with IEND, as views into `bytes`. Every length and checksum is checked. */
export function readPngChunks(bytes: Uint8Array): PngChunk[] {
  if (!isPng(bytes)) throw imageError("IMAGE_FORMAT_UNKNOWN", "the file does not begin with PNG's signature");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: PngChunk[] = [];
  for (let at = pngSignature.length; ; ) {
    if (at + 12 > bytes.length)
      throw imageError("IMAGE_TRUNCATED", `the PNG ends after ${bytes.length} bytes, without its last chunk`);
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (!/^[A-Za-z]{4}$/.test(type))
      throw imageError("IMAGE_CORRUPT", `the PNG has no chunk where one must begin, at byte ${at}`, { at });
    if (length > bytes.length - at - 12) {
      throw imageError(
        "IMAGE_TRUNCATED",
        `the PNG's ${type} chunk at byte ${at} reaches beyond the end of the file`,
        {
          type,
          at,
        },
      );
    }
    if (view.getUint32(at + 8 + length) !== crc32(bytes.subarray(at + 4, at + 8 + length))) {
      throw imageError("IMAGE_CORRUPT", `the checksum of the PNG's ${type} chunk at byte ${at} is wrong`, {
        type,
        at,
      });
    }
    chunks.push({ type, data: bytes.subarray(at + 8, at + 8 + length) });
    if (type === "IEND") return chunks;
    at += 12 + length;
  }
}

/** A PNG file of these chunks. */
export function writePngChunks(chunks: readonly PngChunk[]): Uint8Array {
  const bytes = new Uint8Array(
    chunks.reduce((size, { data }) => size + 12 + data.length, pngSignature.length),
  );
  const view = new DataView(bytes.buffer);
  bytes.set(pngSignature);
  let at = pngSignature.length;
  for (const { type, data } of chunks) {
    view.setUint32(at, data.length);
    for (let i = 0; i < 4; i++) bytes[at + 4 + i] = type.charCodeAt(i);
    bytes.set(data, at + 8);
    view.setUint32(at + 8 + data.length, crc32(bytes.subarray(at + 4, at + 8 + data.length)));
    at += 12 + data.length;
  }
  return bytes;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = crcTable[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
