/** Workers have it; TypeScript declares it for them only. */
declare const FileReaderSync: new () => { readAsArrayBuffer(blob: Blob): ArrayBuffer };

/**
 * A Blob in the place of its bytes, for ONNX Runtime's `externalData`. ONNX Runtime takes the weights out of it one by
 * one, by `subarray` (js/web/lib/wasm/wasm-core-impl.ts; core/framework/tensorprotoutils.cc, LoadWebAssemblyExternalData),
 * and each part is read when it is asked for: only those that the model needs, and never all at once. Works in workers
 * only, where a Blob can be read synchronously.
 */
export class BlobBytes extends Uint8Array {
  readonly #blob: Blob;

  constructor(blob: Blob) {
    super(0);
    this.#blob = blob;
    Object.defineProperty(this, "byteLength", { value: blob.size });
  }

  override subarray(begin = 0, end = this.#blob.size): Uint8Array<ArrayBuffer> {
    return new Uint8Array(new FileReaderSync().readAsArrayBuffer(this.#blob.slice(begin, end)));
  }
}
