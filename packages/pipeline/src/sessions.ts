import type { Model, Pass } from "@sunstep/onnx-graph";
import type { LoadOptions, Runtime, Session } from "@sunstep/runtime";

/** A network to run: what tells it apart from others, and how to make it. */
export interface SessionRecipe {
  /** Network, sizes and everything else that the graph depends on. */
  readonly key: string;
  build(): Model;
  readonly passes?: readonly Pass[];
  readonly load?: LoadOptions;
}

/**
 * Sessions by key. A graph is emitted for its sizes, so another size is another session; the networks used least
 * recently are disposed of when there are more than `capacity`.
 */
export class SessionCache {
  readonly #runtime: Runtime;
  readonly #capacity: number;
  readonly #networks = new Map<string, Promise<Session>>();

  constructor(runtime: Runtime, capacity: number) {
    this.#runtime = runtime;
    this.#capacity = capacity;
  }

  async get({ key, build, passes = [], load }: SessionRecipe): Promise<Session> {
    const known = this.#networks.get(key);
    const network =
      known ??
      this.#load(
        key,
        passes.reduce((model, pass) => pass.run(model).model, build()),
        load,
      );
    this.#networks.delete(key);
    this.#networks.set(key, network);
    // Awaited together: otherwise a load that rejects during eviction is an unhandled rejection.
    const [loaded] = await Promise.all([network, known ? undefined : this.#evict()]);
    return loaded;
  }

  /** Disposes of the networks whose key the predicate picks. */
  async drop(isDropped: (key: string) => boolean): Promise<void> {
    const keys = [...this.#networks.keys()].filter(isDropped);
    await Promise.all(keys.map((key) => this.#dispose(key)));
  }

  async #load(key: string, model: Model, options: LoadOptions | undefined): Promise<Session> {
    try {
      return await this.#runtime.load(model, options);
    } catch (error) {
      this.#networks.delete(key);
      throw error;
    }
  }

  async #evict(): Promise<void> {
    const surplus = [...this.#networks.keys()].slice(0, -this.#capacity);
    await Promise.all(surplus.map((key) => this.#dispose(key)));
  }

  async #dispose(key: string): Promise<void> {
    const network = this.#networks.get(key);
    this.#networks.delete(key);
    // A load that failed was already reported to its caller.
    const session = await network?.catch(() => undefined);
    await session?.dispose().catch(() => undefined);
  }
}
