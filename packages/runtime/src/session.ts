import { throwIfAborted } from "@sunstep/errors";
import type { Tensor } from "@sunstep/tensor";
import { checkFeeds, checkKeepOnDevice, inputsOfVariant } from "./check-feeds.js";
import type { Feeds, Results } from "./device-tensor.js";
import { runtimeError } from "./errors.js";
import type { RunOptions, Session, TensorSpec, Variants } from "./runtime.js";
import { untilAborted } from "./until-aborted.js";

/** A loaded model as a backend implements it; `createSession` adds everything that is the same for all backends. */
export interface SessionBackend {
  /** Names the model in messages. */
  readonly label: string;
  /** Inputs and outputs of the whole model. */
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly variants?: Variants;
  /**
   * Admits feeds when a run is requested, before earlier runs have ended. Returns a function that is called when the
   * run is over.
   * @throws TENSOR_RELEASED for a device tensor that was released or is of another runtime
   */
  hold(feeds: Feeds): () => void;
  /** Runs the model, or a variant of it, one run at a time. Feeds were checked: exactly the inputs that are not bound. */
  run(
    feeds: Feeds,
    options: { readonly variant: string | undefined; readonly keepOnDevice: readonly string[] },
  ): Promise<Results>;
  /** Releases results that an aborted run still brought. */
  discard(results: Results): Promise<void>;
  /** Called once, after the last run. */
  dispose(): Promise<void>;
}

/** Makes a `Session`: checks inputs, runs in turn, obeys signals, disposes after the runs under way. */
export function createSession(backend: SessionBackend): Session {
  return new QueuedSession(backend);
}

class QueuedSession implements Session {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly #backend: SessionBackend;
  /** Settles when the last requested run is over. */
  #queue: Promise<unknown> = Promise.resolve();
  #disposed: Promise<void> | undefined;

  constructor(backend: SessionBackend) {
    this.inputs = backend.inputs;
    this.outputs = backend.outputs;
    this.#backend = backend;
  }

  run(
    feeds: Feeds,
    options?: RunOptions & { readonly keepOnDevice?: never },
  ): Promise<Record<string, Tensor>>;
  run(feeds: Feeds, options?: RunOptions): Promise<Results>;
  async run(feeds: Feeds, { signal, variant, keepOnDevice = [] }: RunOptions = {}): Promise<Results> {
    const { label, variants = {} } = this.#backend;
    const task = `running ${label}`;
    if (this.#disposed) throw runtimeError("SESSION_DISPOSED", `${label} was disposed of`);
    checkFeeds(label, inputsOfVariant(label, this.inputs, variants, variant), feeds);
    checkKeepOnDevice(label, this.outputs, keepOnDevice);
    throwIfAborted(signal, task);
    const end = this.#backend.hold(feeds);
    const run = this.#queue
      .then(() => {
        throwIfAborted(signal, task);
        return this.#backend.run(feeds, { variant, keepOnDevice });
      })
      .finally(end);
    this.#queue = run.catch(() => undefined);
    return untilAborted(run, signal, task, (results) => this.#backend.discard(results));
  }

  dispose(): Promise<void> {
    this.#disposed ??= this.#queue.then(() => this.#backend.dispose());
    return this.#disposed;
  }
}
