import type { DataType, Tensor } from "@sunstep/tensor";
import { type DeviceTensor, type Feeds, isDeviceTensor } from "./device-tensor.js";
import { runtimeError } from "./errors.js";

/** Reads and frees tensors in a backend's memory, by its own handles. */
export interface DeviceMemoryBackend<Handle> {
  /** Returns a copy. */
  read(handle: Handle): Promise<Tensor>;
  free(handle: Handle): Promise<void>;
}

const FOREIGN = "belongs to another runtime, or to a worker that has ended";

/** The device tensors of one backend: knows which are its own, and frees each after its last use. */
export class DeviceMemory<Handle> {
  readonly #backend: DeviceMemoryBackend<Handle>;
  readonly #handles = new WeakMap<DeviceTensor, Handle>();
  /** Frees tensors that the caller forgot to release. */
  readonly #garbage: FinalizationRegistry<Handle>;

  constructor(backend: DeviceMemoryBackend<Handle>) {
    this.#backend = backend;
    this.#garbage = new FinalizationRegistry((handle) => backend.free(handle));
  }

  /** Makes the caller's view of a tensor in this memory. */
  add(handle: Handle, type: { readonly dtype: DataType; readonly shape: readonly number[] }): DeviceTensor {
    const tensor = new CountedTensor(
      type,
      () => this.#backend.read(handle),
      () => {
        this.#garbage.unregister(tensor);
        return this.#backend.free(handle);
      },
    );
    this.#handles.set(tensor, handle);
    this.#garbage.register(tensor, handle, tensor);
    return tensor;
  }

  /**
   * The handle of a tensor.
   * @throws TENSOR_RELEASED if it belongs to another memory
   */
  handleOf(tensor: DeviceTensor): Handle {
    const handle = this.#handles.get(tensor);
    if (handle === undefined) throw runtimeError("TENSOR_RELEASED", `a device tensor ${FOREIGN}`);
    return handle;
  }

  /**
   * Keeps the device tensors among `feeds` until the returned function is called.
   * @throws TENSOR_RELEASED if one was released or belongs to another memory
   */
  hold(label: string, feeds: Feeds): () => void {
    const held: CountedTensor[] = [];
    for (const [input, feed] of Object.entries(feeds)) {
      if (!isDeviceTensor(feed)) continue;
      const isOwn = feed instanceof CountedTensor && this.#handles.has(feed);
      if (!isOwn || feed.released) {
        const reason = isOwn ? "was released" : FOREIGN;
        throw runtimeError(
          "TENSOR_RELEASED",
          `${label}: the device tensor given as input ${input} ${reason}`,
          {
            input,
          },
        );
      }
      held.push(feed);
    }
    for (const tensor of held) tensor.uses++;
    return () => {
      for (const tensor of held) tensor.endUse();
    };
  }
}

class CountedTensor implements DeviceTensor {
  readonly onDevice = true;
  readonly dtype: DataType;
  readonly shape: readonly number[];
  /** Requested runs that take this tensor. */
  uses = 0;
  readonly #read: () => Promise<Tensor>;
  readonly #free: () => Promise<void>;
  #released: Promise<void> | undefined;
  #unused: (() => void) | undefined;

  constructor(
    { dtype, shape }: { readonly dtype: DataType; readonly shape: readonly number[] },
    read: () => Promise<Tensor>,
    free: () => Promise<void>,
  ) {
    this.dtype = dtype;
    this.shape = shape;
    this.#read = read;
    this.#free = free;
  }

  get released(): boolean {
    return this.#released !== undefined;
  }

  async read(): Promise<Tensor> {
    if (this.released) throw runtimeError("TENSOR_RELEASED", "a device tensor was read after its release");
    return this.#read();
  }

  release(): Promise<void> {
    this.#released ??= this.#whenUnused().then(this.#free);
    return this.#released;
  }

  endUse(): void {
    if (--this.uses === 0) this.#unused?.();
  }

  #whenUnused(): Promise<void> {
    return this.uses === 0
      ? Promise.resolve()
      : new Promise((resolve) => {
          this.#unused = resolve;
        });
  }
}
