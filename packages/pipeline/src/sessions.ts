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
 * Sessions by key. A graph is emitted for its sizes, so another size is another session; the ones used least recently
 * are disposed of when there are more than `capacity`.
 */
export class SessionCache {
  readonly #runtime: Runtime;
  readonly #capacity: number;
  readonly #sessions = new Map<string, Promise<Session>>();

  constructor(runtime: Runtime, capacity: number) {
    this.#runtime = runtime;
    this.#capacity = capacity;
  }

  async get({ key, build, passes = [], load }: SessionRecipe): Promise<Session> {
    const known = this.#sessions.get(key);
    const session =
      known ??
      this.#load(
        key,
        passes.reduce((model, pass) => pass.run(model).model, build()),
        load,
      );
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    // Together: a load that fails while others are disposed of must find somebody who listens.
    const [loaded] = await Promise.all([session, known ? undefined : this.#evict()]);
    return loaded;
  }

  /** Disposes of the sessions whose key the predicate picks. */
  async drop(isDropped: (key: string) => boolean): Promise<void> {
    const keys = [...this.#sessions.keys()].filter(isDropped);
    await Promise.all(keys.map((key) => this.#dispose(key)));
  }

  async #load(key: string, model: Model, options: LoadOptions | undefined): Promise<Session> {
    try {
      return await this.#runtime.load(model, options);
    } catch (error) {
      this.#sessions.delete(key);
      throw error;
    }
  }

  async #evict(): Promise<void> {
    const surplus = [...this.#sessions.keys()].slice(0, -this.#capacity);
    await Promise.all(surplus.map((key) => this.#dispose(key)));
  }

  async #dispose(key: string): Promise<void> {
    const session = this.#sessions.get(key);
    this.#sessions.delete(key);
    // One that failed to load has told its caller already.
    await session?.then((loaded) => loaded.dispose()).catch(() => undefined);
  }
}
