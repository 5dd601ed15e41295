import { closeSync, openSync, readSync } from "node:fs";
import type { ByteSource } from "@sunstep/files";
import { runtimeError } from "@sunstep/runtime";
import { LazyBytes } from "../lazy-bytes.js";

/** The files that a load reads weights from. */
export class OpenFiles {
  readonly #descriptors: number[] = [];

  /** @throws EXTERNAL_DATA_MISSING */
  bytesOf({ path, size, name }: ByteSource): LazyBytes {
    const file = this.#open(path ?? name);
    return new LazyBytes(size, (begin, end) => {
      const bytes = new Uint8Array(end - begin);
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.byteLength, begin));
    });
  }

  close(): void {
    for (const descriptor of this.#descriptors.splice(0)) closeSync(descriptor);
  }

  #open(path: string): number {
    try {
      const descriptor = openSync(path, "r");
      this.#descriptors.push(descriptor);
      return descriptor;
    } catch (cause) {
      throw runtimeError("EXTERNAL_DATA_MISSING", `weights file ${path} cannot be opened`, {
        file: path,
        cause,
      });
    }
  }
}
