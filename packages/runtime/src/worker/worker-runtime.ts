import { throwIfAborted } from "@sunstep/errors";
import type { Model } from "@sunstep/onnx-graph";
import { type Tensor, tensor } from "@sunstep/tensor";
import { checkVariants } from "../check-feeds.js";
import { DeviceMemory } from "../device-memory.js";
import type { DeviceTensor } from "../device-tensor.js";
import { runtimeError } from "../errors.js";
import type { LoadOptions, Runtime, Session } from "../runtime.js";
import { tensorSpecs } from "../tensor-specs.js";
import { nextTask } from "./next-task.js";
import { type SizeOf, toPortable, withLocalWeights } from "./portable-model.js";
import type { TensorId } from "./protocol.js";
import { type Connection, type LoadedRemotely, ownData, remoteSession } from "./remote-session.js";
import type { WorkerClient } from "./worker-client.js";

/** The host's side of one backend. */
export interface WorkerBackend extends Pick<Runtime, "device" | "batching" | "fastInt8"> {
  /** The engine's name without version. */
  readonly engine: string;
  /** Given as events of every load: reasons why the device is slower than it might be, for example. */
  readonly warnings?: readonly { readonly code: string; readonly message: string }[];
  /** Starts a worker: the first, and another where one has died. */
  start(): Promise<{ client: WorkerClient; version: string }>;
  readonly sizeOf: SizeOf;
}

/**
 * Starts a runtime whose sessions all live in one worker, so that the calling thread never waits for the engine.
 * @throws DEVICE_UNAVAILABLE, WORKER_DIED
 */
export async function startWorkerRuntime(backend: WorkerBackend): Promise<Runtime> {
  const { client, version } = await backend.start();
  return new WorkerRuntime(backend, `${backend.engine} ${version}`, client);
}

class WorkerRuntime implements Runtime {
  readonly name: string;
  readonly device: string;
  readonly batching: Runtime["batching"];
  readonly fastInt8: boolean;
  readonly #backend: WorkerBackend;
  readonly #sessions = new Set<Session>();
  #connection: Promise<Connection>;
  #disposed: Promise<void> | undefined;

  constructor(backend: WorkerBackend, name: string, client: WorkerClient) {
    this.name = name;
    this.device = backend.device;
    this.batching = backend.batching;
    this.fastInt8 = backend.fastInt8 ?? false;
    this.#backend = backend;
    this.#connection = Promise.resolve(connect(client));
  }

  async load(model: Model, options: LoadOptions = {}): Promise<Session> {
    const { label = model.graph.name, signal, onEvent } = options;
    const listener = new AbortController();
    const emit: LoadOptions["onEvent"] = (event) => {
      try {
        onEvent?.(event);
      } catch (error) {
        // Rethrowing here, in a message handler, would be an uncaught exception.
        listener.abort(error);
      }
    };
    const either = signal ? AbortSignal.any([signal, listener.signal]) : listener.signal;
    try {
      return await this.#load(model, label, either, emit, options);
    } catch (error) {
      throw listener.signal.aborted ? listener.signal.reason : error;
    }
  }

  async #load(
    model: Model,
    label: string,
    signal: AbortSignal,
    onEvent: NonNullable<LoadOptions["onEvent"]>,
    options: LoadOptions,
  ): Promise<Session> {
    const { variants = {}, variant } = options;
    this.#checkLiving(label);
    throwIfAborted(signal, `loading ${label}`);
    checkVariants(label, tensorSpecs(model.graph.inputs), variants, variant);
    // Copied for reloads, like the tensors of a message: the caller may change its arrays.
    const kept = { ...options, variants: structuredClone(variants) };
    const loaded = await this.#send(model, label, signal, onEvent, kept);
    const session = remoteSession(loaded, {
      label,
      options: kept,
      reload: () => this.#send(model, label, new AbortController().signal, () => undefined, kept),
      onDispose: () => this.#sessions.delete(session),
    });
    this.#sessions.add(session);
    return session;
  }

  /** Has the worker load a model. */
  async #send(
    model: Model,
    label: string,
    signal: AbortSignal,
    onEvent: NonNullable<LoadOptions["onEvent"]>,
    { invariantInputs = [], variants = {}, variant, precision, weights }: LoadOptions,
  ): Promise<LoadedRemotely> {
    const task = `loading ${label}`;
    const connection = await this.#living();
    for (const { code, message } of this.#backend.warnings ?? [])
      onEvent({ type: "warning", label, code, message });
    await nextTask();
    const portable = toPortable(await withLocalWeights(model, this.#backend.sizeOf));
    throwIfAborted(signal, task);
    const { client } = connection;
    const loaded = await client.callCancellable(
      "load",
      {
        label,
        model: portable,
        invariantInputs,
        variants,
        ...(variant !== undefined && { variant }),
        ...(precision && { precision }),
        ...(weights && { weights }),
      },
      {
        transfer: [portable.onnx.buffer as ArrayBuffer],
        onEvent,
        signal,
        task,
        discard: ({ session }) => client.call("release", { label, session }),
      },
    );
    return { connection, loaded };
  }

  async keep({ data, shape, dtype }: Tensor): Promise<DeviceTensor> {
    this.#checkLiving("keeping a tensor");
    const { client, memory } = await this.#living();
    const id = await client.call("keep", {
      label: "keeping a tensor",
      tensor: ownData(tensor(data, shape, dtype)),
    });
    return memory.add(id, { dtype, shape: [...shape] });
  }

  dispose(): Promise<void> {
    this.#disposed ??= this.#dispose();
    return this.#disposed;
  }

  async #dispose(): Promise<void> {
    await Promise.all([...this.#sessions].map((session) => session.dispose()));
    // A worker that could not be restarted needs no end.
    const connection = await this.#connection.catch(() => undefined);
    if (!connection) return;
    const { client } = connection;
    if (!client.closed)
      await client.call("cancel", { label: "disposing of the runtime" }).catch(() => undefined);
    await client.terminate(runtimeError("SESSION_DISPOSED", "the runtime was disposed of"));
  }

  #checkLiving(label: string): void {
    if (this.#disposed) throw runtimeError("SESSION_DISPOSED", `${label}: the runtime was disposed of`);
  }

  /** The worker, restarted if it has died: once for all who wait for it. */
  async #living(): Promise<Connection> {
    const current = this.#connection;
    const connection = await current.catch(() => undefined);
    if (connection && !connection.client.closed) return connection;
    this.#checkLiving("restarting the worker");
    if (this.#connection === current)
      this.#connection = this.#backend.start().then(({ client }) => connect(client));
    return this.#connection;
  }
}

function connect(client: WorkerClient): Connection {
  const label = "a device tensor";
  const memory = new DeviceMemory<TensorId>({
    read: async ({ id }) => (await client.call("read", { label, id })).tensor,
    async free({ id }) {
      // A worker that has died took its tensors with it.
      if (!client.closed) await client.call("free", { label, id }).catch(() => undefined);
    },
  });
  return { client, memory };
}
