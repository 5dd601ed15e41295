import { setImmediate } from "node:timers/promises";
import type { Model } from "@sunstep/onnx-graph";
import {
  checkAborted,
  type KeptTensor,
  type LoadOptions,
  type Runtime,
  runtimeError,
  type Session,
} from "@sunstep/runtime";
import { keepTensor, RemoteSession, untilAborted } from "@sunstep/runtime/worker";
import { type Tensor, tensor } from "@sunstep/tensor";
import { type NodeDevice, nodeDevices } from "./devices.js";
import type { AnswerOf } from "./messages.js";
import { fromPortable, type PortableModel, toPortable, withLocalWeights } from "./portable-model.js";
import type { PreparedCacheOptions } from "./prepared/cache-folder.js";
import { WorkerClient } from "./worker-client.js";

export interface NodeRuntimeOptions {
  /** Default "auto": the CPU. */
  readonly device?: NodeDevice;
  /** Threads of one run. Default: one for each physical core. */
  readonly threads?: number;
  /** Where prepared models are kept; false: nowhere. */
  readonly cache?: PreparedCacheOptions | false;
}

/**
 * Starts a runtime over onnxruntime-node: one worker thread that holds all its sessions, so that the calling thread
 * never waits for ONNX Runtime. The worker alone does not keep the process alive.
 * @throws DEVICE_UNAVAILABLE
 */
export async function createNodeRuntime(options: NodeRuntimeOptions = {}): Promise<Runtime> {
  const { device: asked = "auto", threads, cache = {} } = options;
  if (!nodeDevices.includes(asked)) {
    throw runtimeError(
      "DEVICE_UNAVAILABLE",
      `there is no device ${String(asked)}: use one of ${nodeDevices.join(", ")}`,
      {
        device: asked,
      },
    );
  }
  const device = asked === "auto" ? "cpu" : asked;
  const settings = { device, cache, ...(threads !== undefined && { threads }) };
  const { client, version } = await WorkerClient.start(settings);
  return new NodeRuntime(`onnxruntime-node ${version}`, device, client, () => WorkerClient.start(settings));
}

class NodeRuntime implements Runtime {
  readonly name: string;
  readonly device: string;
  readonly #restart: () => Promise<{ client: WorkerClient }>;
  readonly #sessions = new Set<RemoteSession>();
  #client: Promise<WorkerClient>;
  #disposed: Promise<void> | undefined;
  #tickets = 0;

  constructor(
    name: string,
    device: string,
    client: WorkerClient,
    restart: () => Promise<{ client: WorkerClient }>,
  ) {
    this.name = name;
    this.device = device;
    this.#client = Promise.resolve(client);
    this.#restart = restart;
  }

  async load(model: Model, options: LoadOptions = {}): Promise<Session> {
    const { label = model.graph.name, derive, signal, onEvent } = options;
    if (this.#disposed) throw runtimeError("SESSION_DISPOSED", `${label}: the runtime was disposed of`);
    checkAborted(signal, `loading ${label}`);
    const client = await this.#living();
    const what = `loading ${label}`;
    const portable = toPortable(await withLocalWeights(model));
    const ticket = this.#tickets++;
    const cancel = () => void client.call("cancel", { label, ticket }).catch(() => undefined);
    signal?.addEventListener("abort", cancel, { once: true });
    const prepared = await untilAborted(
      client.call(
        "prepare",
        { model: portable, label, wanted: derive !== undefined, ticket },
        { transfer: [bufferOf(portable)], onEvent },
      ),
      signal,
      what,
      ({ handle }) => client.call("forget", { label, handle }),
    ).finally(() => signal?.removeEventListener("abort", cancel));
    const changed = await this.#derived(client, prepared, label, derive);
    const { session, inputs, outputs } = await untilAborted(
      client.call(
        "create",
        { handle: prepared.handle, label, ...(changed && { model: changed }) },
        changed && { transfer: [bufferOf(changed)] },
      ),
      signal,
      what,
      ({ session }) => client.call("release", { label, session }),
    );
    const loaded = new RemoteSession(client.sessions, session, label, inputs, outputs, () =>
      this.#sessions.delete(loaded),
    );
    this.#sessions.add(loaded);
    return loaded;
  }

  async keep({ data, shape, dtype }: Tensor): Promise<KeptTensor> {
    if (this.#disposed) throw runtimeError("SESSION_DISPOSED", "the runtime was disposed of");
    return keepTensor((await this.#living()).sessions, tensor(data, shape, dtype));
  }

  async #derived(
    client: WorkerClient,
    { handle, model }: AnswerOf<"prepare">,
    label: string,
    derive: LoadOptions["derive"],
  ): Promise<PortableModel | undefined> {
    if (!derive || !model) return undefined;
    try {
      const prepared = await fromPortable(model);
      // Each of these takes some ten milliseconds: what else waits for this thread comes in between.
      await setImmediate();
      const changed = derive(prepared);
      await setImmediate();
      return toPortable(changed);
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
    const client = await this.#client;
    if (!client.death) await client.call("cancel", { label: "the runtime" }).catch(() => undefined);
    await client.terminate(runtimeError("SESSION_DISPOSED", "the runtime was disposed of"));
  }

  /** The worker, or a new one where it has died. */
  async #living(): Promise<WorkerClient> {
    const client = await this.#client;
    if (client.death) this.#client = this.#restart().then((started) => started.client);
    return this.#client;
  }
}

function bufferOf({ onnx }: PortableModel): ArrayBuffer {
  return onnx.buffer as ArrayBuffer;
}
