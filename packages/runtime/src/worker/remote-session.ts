import type { Tensor } from "@sunstep/tensor";
import { DeviceMemory } from "../device-memory.js";
import { type Feeds, isDeviceTensor, type Results } from "../device-tensor.js";
import type { LoadOptions, Session } from "../runtime.js";
import { createSession, type SessionBackend } from "../session.js";
import { ConditioningCache, type ConditioningFeeds } from "./conditioning-cache.js";
import type { PortableFeeds, ResultOf, TensorId } from "./protocol.js";
import type { WorkerClient } from "./worker-client.js";

type RunRequest = Parameters<SessionBackend["run"]>[1];

/** A worker and the tensors it holds, seen from the host. */
export interface Connection {
  readonly client: WorkerClient;
  readonly memory: DeviceMemory<TensorId>;
}

/** A model in a worker: the worker, and its answer to `load`. */
export interface LoadedRemotely {
  readonly connection: Connection;
  readonly loaded: ResultOf<"load">;
}

export interface RemoteSessionOptions {
  readonly label: string;
  readonly options: Pick<LoadOptions, "invariantInputs" | "variants">;
  /** Loads the model again, into a new worker. */
  reload(): Promise<LoadedRemotely>;
  onDispose(): void;
}

/** Makes the host's side of a session in a worker. If the worker has died, the next run loads the model again. */
export function remoteSession(
  first: LoadedRemotely,
  { label, options, reload, onDispose }: RemoteSessionOptions,
): Session {
  const { invariantInputs = [], variants = {} } = options;
  let current = first;
  let cache = new ConditioningCache();

  async function run(feeds: Feeds, { variant, keepOnDevice }: RunRequest): Promise<Results> {
    if (current.connection.client.closed) {
      current = await reload();
      cache = new ConditioningCache();
    }
    const { client, memory } = current.connection;
    const { session } = current.loaded;
    const free = (conditioning: number) =>
      void client.call("free", { label, session, conditioning }).catch(() => undefined);
    const invariant = invariantFeeds(feeds, invariantInputs);
    const { id, copies } = invariant ? cache.use(invariant) : {};
    try {
      const result = await client.call("run", {
        label,
        session,
        variant,
        feeds: portable(feeds, invariant, memory),
        conditioning: id === undefined ? undefined : { id, ...(copies && { feeds: copies }) },
        keepOnDevice,
      });
      if (id !== undefined) cache.resize(id, result.conditioningBytes).forEach(free);
      return { ...result.outputs, ...addAll(memory, result.onDevice) };
    } catch (error) {
      if (id !== undefined && copies) {
        cache.forget(id);
        free(id);
      }
      throw error;
    }
  }

  return createSession({
    label,
    inputs: first.loaded.inputs,
    outputs: first.loaded.outputs,
    variants,
    hold: (feeds) => (current.connection.client.closed ? lost : current.connection.memory).hold(label, feeds),
    run,
    async discard(results) {
      const kept = Object.values(results).filter(isDeviceTensor);
      await Promise.all(kept.map((tensor) => tensor.release()));
    },
    async dispose() {
      onDispose();
      const { client } = current.connection;
      if (!client.closed) await client.call("release", { label, session: current.loaded.session });
    },
  });
}

/** The memory of a worker that has died: no tensor is in it. */
const lost = new DeviceMemory<TensorId>({
  read: () => Promise.reject(new Error("an empty memory was read")),
  free: async () => undefined,
});

/** The inputs that seldom change; undefined where there are none, or one is on the device already. */
function invariantFeeds(feeds: Feeds, names: readonly string[]): ConditioningFeeds | undefined {
  const found: Record<string, Tensor> = {};
  for (const name of names) {
    const feed = feeds[name];
    if (!feed) continue;
    if (isDeviceTensor(feed)) return undefined;
    found[name] = feed;
  }
  return Object.keys(found).length > 0 ? found : undefined;
}

function portable(
  feeds: Feeds,
  without: ConditioningFeeds | undefined,
  memory: DeviceMemory<TensorId>,
): PortableFeeds {
  const sent: Record<string, Tensor | TensorId> = {};
  for (const [name, feed] of Object.entries(feeds)) {
    if (without && name in without) continue;
    sent[name] = isDeviceTensor(feed) ? memory.handleOf(feed) : ownData(feed);
  }
  return sent;
}

function addAll(memory: DeviceMemory<TensorId>, tensors: ResultOf<"run">["onDevice"]): Results {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { id, ...type }]) => [name, memory.add({ id }, type)]),
  );
}

/** Cuts a view out of its buffer: a message copies whole buffers. */
export function ownData({ dtype, shape, data }: Tensor): Tensor {
  return {
    dtype,
    shape: [...shape],
    data: data.byteLength === data.buffer.byteLength ? data : data.slice(),
  };
}
