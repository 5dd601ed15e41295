/** Every read waits for another process or the disk, so small weights that lie together are read at once. */
const WINDOW_BYTES = 4 << 20;
const WINDOWS = 8;
/** Larger weights are read by themselves and not held: the rest of a window around them would be read for nothing. */
const SMALL_BYTES = 1 << 20;

interface Window {
  readonly begin: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Reads the bytes from `begin` to `end` synchronously; fewer only at the end of the file. */
export type ReadNow = (begin: number, end: number) => Uint8Array<ArrayBuffer>;

/**
 * A file in the place of its bytes, for ONNX Runtime's `externalData`. ONNX Runtime takes the weights out of it one by
 * one, by `subarray` (js/web/lib/wasm/wasm-core-impl.ts; core/framework/tensorprotoutils.cc, LoadWebAssemblyExternalData),
 * and each is read when it is requested: only the parts that the model needs, and never all at once.
 */
export class LazyBytes extends Uint8Array {
  readonly #size: number;
  readonly #readNow: ReadNow;
  /** Most recently read first. */
  #windows: readonly Window[] = [];

  constructor(size: number, readNow: ReadNow) {
    super(0);
    this.#size = size;
    this.#readNow = readNow;
    Object.defineProperty(this, "byteLength", { value: size });
  }

  override subarray(begin = 0, end = this.#size): Uint8Array<ArrayBuffer> {
    if (end - begin > SMALL_BYTES) return this.#readNow(begin, end);
    const held = this.#windows.find((window) => begin >= window.begin && end <= endOf(window));
    const { begin: from, bytes } = held ?? this.#read(begin, end);
    return bytes.subarray(begin - from, end - from);
  }

  #read(begin: number, end: number): Window {
    const from = begin - (begin % WINDOW_BYTES);
    const window = {
      begin: from,
      bytes: this.#readNow(from, Math.min(this.#size, Math.max(end, from + WINDOW_BYTES))),
    };
    this.#windows = [window, ...this.#windows].slice(0, WINDOWS);
    return window;
  }
}

const endOf = ({ begin, bytes }: Window) => begin + bytes.byteLength;
