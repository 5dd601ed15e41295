import { type ByteSource, memorySource } from "@sunstep/files";
import type { StoreBytes } from "../fold-weights.js";
import { LazyBytes } from "../lazy-bytes.js";

/** Weights that were computed and lie in memory: Node cannot read a Blob while ONNX Runtime waits. */
export class MemoryWeights {
  readonly #held = new WeakMap<ByteSource, Uint8Array>();

  readonly store: StoreBytes = (parts) => {
    const bytes = Buffer.concat([...parts]);
    const source = memorySource(bytes, "folded weights");
    this.#held.set(source, bytes);
    return source;
  };

  bytesOf(source: ByteSource): LazyBytes | undefined {
    const bytes = this.#held.get(source);
    return bytes && new LazyBytes(bytes.length, (begin, end) => Uint8Array.from(bytes.subarray(begin, end)));
  }
}
