/** Workers have it; TypeScript declares it for them only. */
declare const FileReaderSync: new () => { readAsArrayBuffer(blob: Blob): ArrayBuffer };

/** Each reading waits for the browser's other processes, so small weights that lie together are read at once. */
const WINDOW_BYTES = 4 << 20;
const WINDOWS = 8;
/** Larger ones are read as they are, and not held: what they leave behind would be read for nothing. */
const SMALL_BYTES = 1 << 20;

interface Window {
  readonly begin: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * A Blob in the place of its bytes, for ONNX Runtime's `externalData`. ONNX Runtime takes the weights out of it one by
 * one, by `subarray` (js/web/lib/wasm/wasm-core-impl.ts; core/framework/tensorprotoutils.cc, LoadWebAssemblyExternalData),
 * and they are read when they are asked for: only the parts that the model needs, and never all at once. Works in
 * workers only, where a Blob can be read synchronously.
 */
export class BlobBytes extends Uint8Array {
  readonly #blob: Blob;
  /** Most recently read first. */
  #windows: readonly Window[] = [];

  constructor(blob: Blob) {
    super(0);
    this.#blob = blob;
    Object.defineProperty(this, "byteLength", { value: blob.size });
  }

  override subarray(begin = 0, end = this.#blob.size): Uint8Array<ArrayBuffer> {
    if (end - begin > SMALL_BYTES) return readNow(this.#blob.slice(begin, end));
    const held = this.#windows.find((window) => begin >= window.begin && end <= endOf(window));
    const { begin: from, bytes } = held ?? this.#read(begin, end);
    return bytes.subarray(begin - from, end - from);
  }

  #read(begin: number, end: number): Window {
    const from = begin - (begin % WINDOW_BYTES);
    const window = {
      begin: from,
      bytes: readNow(this.#blob.slice(from, Math.max(end, from + WINDOW_BYTES))),
    };
    this.#windows = [window, ...this.#windows].slice(0, WINDOWS);
    return window;
  }
}

const readNow = (blob: Blob) => new Uint8Array(new FileReaderSync().readAsArrayBuffer(blob));

const endOf = ({ begin, bytes }: Window) => begin + bytes.byteLength;
