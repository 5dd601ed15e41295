import { open } from "node:fs/promises";
import type { ExternalSource } from "@sunstep/onnx-graph";

/** A file on disk as a source of weights. */
export function fileSource(
  path: string,
  size: number,
  name = path,
): ExternalSource & { readonly path: string } {
  return {
    name,
    size,
    path,
    async read(offset, length) {
      const file = await open(path, "r");
      try {
        const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, offset);
        return buffer.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    },
  };
}
