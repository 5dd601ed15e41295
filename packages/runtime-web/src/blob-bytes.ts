import { LazyBytes } from "./lazy-bytes.js";

/** Declared by TypeScript for workers only, where it exists. */
declare const FileReaderSync: new () => { readAsArrayBuffer(blob: Blob): ArrayBuffer };

/** Makes lazy bytes over a Blob. Works in workers only, where a Blob can be read synchronously. */
export function blobBytes(blob: Blob): LazyBytes {
  return new LazyBytes(
    blob.size,
    (begin, end) => new Uint8Array(new FileReaderSync().readAsArrayBuffer(blob.slice(begin, end))),
  );
}
