import type { FileHandle } from "node:fs/promises";
import type { ByteSource } from "@sunstep/files";

/** Returns a source over a file that is open and may still grow to `size`. */
export function handleSource(file: FileHandle, size: number, name: string): ByteSource {
  return {
    name,
    size,
    async read(offset, length) {
      const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    },
  };
}
