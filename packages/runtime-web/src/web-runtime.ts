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
import { availableThreads, chooseDevice, type WebDevice } from "./devices.js";
import type { AnswerOf } from "./messages.js";
import { fromPortable, type PortableModel, toPortable, withLocalWeights } from "./portable-model.js";
import { wasmFiles } from "./wasm-files.js";
import { WorkerClient } from "./worker-client.js";

export interface WebRuntimeOptions {
  /** Default "auto": WebGPU where there is an adapter, WebAssembly otherwise. */
  readonly device?: WebDevice;
  /** Threads of a run on WebAssembly. Default: by the number of cores; 1 where the page is not isolated. */
  readonly threads?: number;
  /** Folder that ONNX Runtime's files are served from. Default: beside the code, where bundlers put them. */
  readonly wasmPaths?: string | URL;
}

/**
 * Starts a runtime over onnxruntime-web: one Web Worker that holds all its sessions, so that the page never waits for
 * ONNX Runtime.
 * @throws DEVICE_UNAVAILABLE
 */
export async function createWebRuntime(options: WebRuntimeOptions = {}): Promise<Runtime> {
  const { device: asked = "auto", threads, wasmPaths } = options;
  const { device, reasons, float16 = false } = await chooseDevice(asked);
  const settings = {
    device,
    float16,
    threads: crossOriginIsolated ? (threads ?? availableThreads()) : 1,
    wasmFiles: wasmFiles(device, wasmPaths),
  };
  const { client, version } = await WorkerClient.start(settings);
  return new WebRuntime(`onnxruntime-web ${version}`, device, client, {
    restart: () => WorkerClient.start(settings),
    reasons,
  });
}

interface WebRuntimeParts {
  restart(): Promise<{ client: WorkerClient }>;
  /** Why the device is slower than it might be. */
  readonly reasons: readonly string[];
}

class WebRuntime implements Runtime {
  readonly name: string;
  readonly device: string;
  readonly #parts: WebRuntimeParts;
  readonly #sessions = new Set<RemoteSession>();
  #client: Promise<WorkerClient>;
  #disposed: Promise<void> | undefined;

  constructor(name: string, device: string, client: WorkerClient, parts: WebRuntimeParts) {
    this.name = name;
    this.device = device;
    this.#client = Promise.resolve(client);
    this.#parts = parts;
  }

  async load(model: Model, options: LoadOptions = {}): Promise<Session> {
    const { label = model.graph.name, derive, signal, onEvent } = options;
    if (this.#disposed) throw runtimeError("SESSION_DISPOSED", `${label}: the runtime was disposed of`);
    const what = `loading ${label}`;
    checkAborted(signal, what);
    const client = await this.#living();
    for (const message of this.#parts.reasons)
      onEvent?.({ type: "warning", label, code: "DEVICE_LIMITED", message });
    const portable = toPortable(await withLocalWeights(model));
    checkAborted(signal, what);
    const prepared = await untilAborted(
      client.call("prepare", { model: portable, label, wanted: derive !== undefined }, [bufferOf(portable)]),
      signal,
      what,
      ({ handle }) => client.call("forget", { label, handle }),
    );
    const changed = await this.#derived(client, prepared, label, derive);
    const { session, inputs, outputs } = await untilAborted(
      client.call(
        "create",
        { handle: prepared.handle, label, ...(changed && { model: changed }) },
        changed && [bufferOf(changed)],
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
      return toPortable(derive(await fromPortable(model)));
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
    (await this.#client).terminate(runtimeError("SESSION_DISPOSED", "the runtime was disposed of"));
  }

  /** The worker, or a new one where it has died. */
  async #living(): Promise<WorkerClient> {
    const client = await this.#client;
    if (client.death) this.#client = this.#parts.restart().then((started) => started.client);
    return this.#client;
  }
}

function bufferOf({ onnx }: PortableModel): ArrayBuffer {
  return onnx.buffer as ArrayBuffer;
}
