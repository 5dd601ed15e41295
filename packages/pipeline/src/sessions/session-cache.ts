import { type Model, runPasses } from "@sunstep/onnx-graph";
import type { LoadOptions, Runtime, Session } from "@sunstep/runtime";
import type { PipelineComponents } from "../components.js";
import type { Conditioning, InputShapes } from "../prompts/conditioning.js";
import type { Run } from "../run.js";
import type { Adapter } from "./adapter.js";
import { type Dtype, dtypeOn, precisionOf } from "./dtype.js";
import { LruCache } from "./lru-cache.js";
import type { NetworkName, NetworkPasses } from "./network-name.js";
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
  /** Those of `inputs` that change from run to run all the same. */
  readonly varying?: readonly string[];
  /** Inputs that are bound to constants, by the name of the variant. */
  readonly variants?: Readonly<Record<string, Conditioning>>;
  /** The variant that is run first. */
  readonly variant?: string;
  readonly precision?: LoadOptions["precision"];
}

type SessionComponents = Pick<PipelineComponents, "runtime" | "passes" | "dtype">;

interface Entry {
  readonly network: NetworkName;
  /** Keys of the adapters that change the network. */
  readonly adapters: string;
  readonly session: Promise<Session>;
}

/**
 * Sessions of networks. A graph is emitted for its sizes and adapters, so others are another session. Sessions that were
 * used least recently are disposed of when there are more than `capacity`; those of a network with other adapters at
 * once, since each may hold a copy of all weights.
 */
export class SessionCache {
  readonly #runtime: Runtime;
  readonly #passes: NetworkPasses;
  #dtype: Dtype;
  readonly #sessions: LruCache<Entry>;

  constructor({ runtime, passes = {}, dtype = "float32" }: SessionComponents, capacity: number) {
    this.#runtime = runtime;
    this.#passes = passes;
    this.#dtype = dtypeOn(runtime, dtype);
    this.#sessions = new LruCache(capacity);
  }

  /** "float32" once a backend has refused int8. */
  get dtype(): Dtype {
    return this.#dtype;
  }

  async get<Settings extends object>(recipe: NetworkRecipe<Settings>, run: Run): Promise<Session> {
    const { network, settings, adapters = [], inputs = {} } = recipe;
    const changing = adapters.filter((adapter) => adapter.passes(network, inputs).length > 0);
    const keys = stableJson(changing.map((adapter) => adapter.key));
    const key = stableJson({ network, settings, inputs, adapters: keys });
    const known = this.#sessions.get(key);
    if (known) return known.session;
    const superseded = this.#sessions.take((entry) => entry.network === network && entry.adapters !== keys);
    const session = disposeAll(superseded)
      .then(() => this.#load({ ...recipe, adapters: changing }, run))
      .catch((error: unknown) => {
        this.#sessions.delete(key);
        throw error;
      });
    const surplus = this.#sessions.set(key, { network, adapters: keys, session });
    // Awaited together: otherwise a load that rejects during an eviction is an unhandled rejection.
    const [loaded] = await Promise.all([session, disposeAll(surplus)]);
    return loaded;
  }

  /** Loads a session for one use, and disposes of it with the memory that ONNX Runtime keeps for its next run. */
  async once<Settings extends object, T>(
    recipe: NetworkRecipe<Settings>,
    run: Run,
    use: (session: Session) => Promise<T>,
  ): Promise<T> {
    const session = await this.#load(recipe, run);
    try {
      return await use(session);
    } finally {
      await session.dispose();
    }
  }

  async dispose(): Promise<void> {
    await disposeAll(this.#sessions.take());
  }

  #load<Settings extends object>(
    {
      network,
      settings,
      build,
      adapters = [],
      inputs = {},
      varying = [],
      variants,
      variant,
      precision = precisionOf(network, this.#dtype),
    }: NetworkRecipe<Settings>,
    run: Run,
  ): Promise<Session> {
    return run.load(network, (options) => {
      const passes = adapters.flatMap((adapter) => adapter.passes(network, inputs));
      const { model } = runPasses(build(settings), [...passes, ...(this.#passes[network] ?? [])]);
      return this.#runtime.load(model, {
        ...options,
        onEvent: (event) => {
          if (event.type === "warning" && event.code.startsWith("INT8_")) this.#dtype = "float32";
          options.onEvent?.(event);
        },
        invariantInputs: Object.keys(inputs).filter((name) => !varying.includes(name)),
        ...(variants && { variants }),
        ...(variant !== undefined && { variant }),
        ...(precision && { precision }),
      });
    });
  }
}

/** Disposes of sessions; a load that failed was already reported to its caller. */
async function disposeAll(entries: readonly Entry[]): Promise<void> {
  await Promise.allSettled(entries.map(async ({ session }) => (await session).dispose()));
}
