import { type Model, runPasses } from "@sunstep/onnx-graph";
import type { Runtime, Session } from "@sunstep/runtime";
import type { Adapter } from "./adapter.js";
import type { Conditioning, InputShapes } from "./conditioning.js";
import { LruCache } from "./lru-cache.js";
import type { NetworkName, NetworkPasses } from "./network-name.js";
import type { Run } from "./run.js";
import { stableJson } from "./stable-json.js";

/** A network to run. Everything that its graph depends on, beside the components, is in `settings`, `inputs` and `adapters`. */
export interface NetworkRecipe<Settings extends object> {
  readonly network: NetworkName;
  /** Arguments of `build`. */
  readonly settings: Settings;
  build(settings: Settings): Model;
  readonly adapters?: readonly Adapter[];
  /** Shapes of the inputs that stay the same from run to run, those of the adapters included. */
  readonly inputs?: InputShapes;
  /** Inputs that are bound to constants, by the name of the variant. */
  readonly variants?: Readonly<Record<string, Conditioning>>;
  /** The variant that is run first. */
  readonly variant?: string;
}

/**
 * Sessions of networks. A graph is emitted for its sizes and adapters, so others are another session; sessions that were
 * used least recently are disposed of when there are more than `capacity`.
 */
export class SessionCache {
  readonly #runtime: Runtime;
  readonly #passes: NetworkPasses;
  readonly #sessions: LruCache<Promise<Session>>;

  constructor(runtime: Runtime, passes: NetworkPasses, capacity: number) {
    this.#runtime = runtime;
    this.#passes = passes;
    this.#sessions = new LruCache(capacity);
  }

  async get<Settings extends object>(recipe: NetworkRecipe<Settings>, run: Run): Promise<Session> {
    const { network, settings, adapters = [], inputs = {} } = recipe;
    const changing = adapters.filter((adapter) => adapter.passes(network, inputs).length > 0);
    const key = stableJson({ network, settings, inputs, adapters: changing.map((adapter) => adapter.key) });
    const known = this.#sessions.get(key);
    if (known) return known;
    const loading = this.#load(key, { ...recipe, adapters: changing }, run);
    // Awaited together: otherwise a load that rejects during an eviction is an unhandled rejection.
    const [session] = await Promise.all([loading, disposeAll(this.#sessions.set(key, loading))]);
    return session;
  }

  async dispose(): Promise<void> {
    await disposeAll(this.#sessions.clear());
  }

  async #load<Settings extends object>(
    key: string,
    { network, settings, build, adapters = [], inputs = {}, variants, variant }: NetworkRecipe<Settings>,
    run: Run,
  ): Promise<Session> {
    try {
      return await run.load(network, (options) => {
        const passes = adapters.flatMap((adapter) => adapter.passes(network, inputs));
        const { model } = runPasses(build(settings), [...passes, ...(this.#passes[network] ?? [])]);
        return this.#runtime.load(model, {
          ...options,
          invariantInputs: Object.keys(inputs),
          ...(variants && { variants }),
          ...(variant !== undefined && { variant }),
        });
      });
    } catch (error) {
      this.#sessions.delete(key);
      throw error;
    }
  }
}

/** Disposes of sessions; a load that failed was already reported to its caller. */
async function disposeAll(sessions: readonly Promise<Session>[]): Promise<void> {
  await Promise.allSettled(sessions.map(async (session) => (await session).dispose()));
}
