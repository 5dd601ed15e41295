import { memorySource } from "@sunstep/checkpoint";
import type { RunFolder } from "../src/run/run-folder.js";

/** Returns a folder in memory, with its files open to tests. */
export function memoryFolder(): RunFolder & { readonly files: Map<string, Uint8Array> } {
  const files = new Map<string, Uint8Array>();
  return {
    name: "runs",
    files,
    list: async () => [...files.keys()],
    open: async (name) => {
      const bytes = files.get(name);
      return bytes && memorySource(bytes, name);
    },
    write: async (name, bytes) => void files.set(name, bytes),
    remove: async (name) => void files.delete(name),
  };
}
