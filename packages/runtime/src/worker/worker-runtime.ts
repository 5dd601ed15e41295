import { throwIfAborted } from "@sunstep/errors";
import type { Model } from "@sunstep/onnx-graph";
import { type Tensor, tensor } from "@sunstep/tensor";
import { runtimeError } from "../errors.js";
import type { KeptTensor } from "../kept-tensor.js";
import type { LoadOptions, Runtime, Session } from "../runtime.js";
import type { AnswerOf } from "./calls.js";
import { nextTask } from "./next-task.js";
import {
  fromPortable,
  type OpenSource,
  type PortableModel,
  type SizeOf,
  toPortable,
  withLocalWeights,
} from "./portable-model.js";
import { RemoteSession } from "./remote-session.js";
import { keepTensor } from "./remote-tensor.js";
import { untilAborted } from "./until-aborted.js";
import type { WorkerClient } from "./worker-client.js";

/** What tells one backend with a worker from another, on the host's side. */
export interface WorkerBackend {
  /** Its name without version. */
  readonly engine: string;
  readonly device: string;
  /** Why the device is slower than it might be: a warning of every load. */
  readonly limits?: readonly string[];
  /** Starts a worker: the first, and another where one has died. */
  start(): Promise<{ client: WorkerClient; version: string }>;
  readonly open: OpenSource;
  readonly sizeOf: SizeOf;
}

/**
 * A runtime whose sessions all live in one worker, so that the calling thread never waits for the engine.
 * @throws DEVICE_UNAVAILABLE, WORKER_DIED
 */
export async function startWorkerRuntime(backend: WorkerBackend): Promise<Runtime> {
  const { client, version } = await backend.start();
  return new WorkerRuntime(backend, `${backend.engine} ${version}`, client);
}

type Cut = (prepared: Model) => readonly Model[];

class WorkerRuntime implements Runtime {
  readonly name: string;
  readonly device: string;
  readonly #backend: WorkerBackend;
  readonly #sessions = new Set<RemoteSession>();
  #client: Promise<WorkerClient>;
  #disposed: Promise<void> | undefined;
  #tickets = 0;

  constructor(backend: WorkerBackend, name: string, client: WorkerClient) {
    this.name = name;
    this.device = backend.device;
    this.#backend = backend;
    this.#client = Promise.resolve(client);
  }

  async load(model: Model, options: LoadOptions = {}): Promise<Session> {
    return (await this.#load(model, undefined, options))[0]!;
  }

  async loadParts<Part extends string>(
    model: Model,
    cut: (prepared: Model) => Readonly<Record<Part, Model>>,
    options: LoadOptions = {},
  ): Promise<Readonly<Record<Part, Session>>> {
    let names: readonly string[] = [];
    const cutAll = (prepared: Model): readonly Model[] => {
      const parts: Readonly<Record<string, Model>> = cut(prepared);
      names = Object.keys(parts);
      return Object.values(parts);
    };
    const sessions = await this.#load(model, cutAll, options);
    return Object.fromEntries(names.map((name, i) => [name, sessions[i]!])) as Record<Part, Session>;
  }

  /** The model, or all that is cut out of it. */
  async #load(model: Model, cut: Cut | undefined, options: LoadOptions): Promise<readonly Session[]> {
    const listener = new AbortController();
    const { signal, onEvent } = options;
    try {
      return await this.#loadHeard(model, cut, {
        ...options,
        signal: signal ? AbortSignal.any([signal, listener.signal]) : listener.signal,
        onEvent(event) {
          try {
            onEvent?.(event);
          } catch (error) {
            // Thrown on from here it would be nobody's, and end the process.
            listener.abort(error);
          }
        },
      });
    } catch (error) {
      throw listener.signal.aborted ? listener.signal.reason : error;
    }
  }

  async #loadHeard(model: Model, cut: Cut | undefined, options: LoadOptions): Promise<readonly Session[]> {
    const { label = model.graph.name, signal, onEvent } = options;
    const what = `loading ${label}`;
    if (this.#disposed) throw runtimeError("SESSION_DISPOSED", `${label}: the runtime was disposed of`);
    throwIfAborted(signal, what);
    const client = await this.#living();
    for (const message of this.#backend.limits ?? [])
      onEvent?.({ type: "warning", label, code: "DEVICE_LIMITED", message });
    await nextTask();
    const portable = toPortable(await withLocalWeights(model, this.#backend.sizeOf));
    throwIfAborted(signal, what);
    const ticket = this.#tickets++;
    const cancel = () => void client.call("cancel", { label, ticket }).catch(() => undefined);
    signal?.addEventListener("abort", cancel, { once: true });
    const prepared = await untilAborted(
      client.call(
        "prepare",
        { model: portable, label, wanted: cut !== undefined, ticket },
        { transfer: [bufferOf(portable)], onEvent },
      ),
      signal,
      what,
      ({ handle }) => client.call("forget", { label, handle }),
    ).finally(() => signal?.removeEventListener("abort", cancel));
    const models = await this.#cut(client, prepared, label, cut);
    const { sessions } = await untilAborted(
      client.call(
        "create",
        { handle: prepared.handle, label, ...(models && { models }) },
        { transfer: models?.map(bufferOf) ?? [] },
      ),
      signal,
      what,
      async ({ sessions }) => {
        for (const { session } of sessions) await client.call("release", { label, session });
      },
    );
    return sessions.map(({ session, inputs, outputs }) => {
      const loaded = new RemoteSession(client.sessions, session, label, inputs, outputs, () =>
        this.#sessions.delete(loaded),
      );
      this.#sessions.add(loaded);
      return loaded;
    });
  }

  async keep({ data, shape, dtype }: Tensor): Promise<KeptTensor> {
    if (this.#disposed) throw runtimeError("SESSION_DISPOSED", "the runtime was disposed of");
    return keepTensor((await this.#living()).sessions, tensor(data, shape, dtype));
  }

  async #cut(
    client: WorkerClient,
    { handle, model }: AnswerOf<"prepare">,
    label: string,
    cut: Cut | undefined,
  ): Promise<readonly PortableModel[] | undefined> {
    if (!cut || !model) return undefined;
    try {
      const prepared = await fromPortable(model, this.#backend.open);
      await nextTask();
      const models: PortableModel[] = [];
      for (const part of cut(prepared)) {
        await nextTask();
        models.push(toPortable(part));
      }
      return models;
    } catch (error) {
      await client.call("forget", { label, handle });
      throw error;
    }
  }

  dispose(): Promise<void> {
    this.#disposed ??= this.#dispose();
    return this.#disposed;
  }

  async #dispose(): Promise<void> {
    await Promise.all([...this.#sessions].map((session) => session.dispose()));
    // Where none could be started again there is nothing to end.
    const client = await this.#client.catch(() => undefined);
    if (!client) return;
    if (!client.death) await client.call("cancel", { label: "the runtime" }).catch(() => undefined);
    await client.terminate(runtimeError("SESSION_DISPOSED", "the runtime was disposed of"));
  }

  /** The worker, or a new one where it has died: one for all who ask at that time. */
  async #living(): Promise<WorkerClient> {
    const asked = this.#client;
    const client = await asked.catch(() => undefined);
    if (client && !client.death) return client;
    if (this.#disposed) throw runtimeError("SESSION_DISPOSED", "the runtime was disposed of");
    if (this.#client === asked) this.#client = this.#backend.start().then((started) => started.client);
    return this.#client;
  }
}

function bufferOf({ onnx }: PortableModel): ArrayBuffer {
  return onnx.buffer as ArrayBuffer;
}
