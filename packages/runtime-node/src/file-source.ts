import { open } from "node:fs/promises";
import type { ExternalSource } from "@sunstep/onnx-graph";
import type { OpenSource } from "@sunstep/runtime/worker";

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

/** A file that the other thread named. */
export const openFile: OpenSource = ({ name, size, path = name }) => fileSource(path, size, name);
