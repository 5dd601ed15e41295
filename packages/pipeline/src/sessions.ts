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

/** A network that is loaded in parts. */
export interface PartsRecipe<Part extends string> extends SessionRecipe {
  /** Cuts the prepared model. */
  cut(prepared: Model): Readonly<Record<Part, Model>>;
}

type Parts = Readonly<Record<string, Session>>;

/**
 * Sessions by key. A graph is emitted for its sizes, so another size is another session; the networks used least
 * recently are disposed of when there are more than `capacity`.
 */
export class SessionCache {
  readonly #runtime: Runtime;
  readonly #capacity: number;
  readonly #networks = new Map<string, Promise<Parts>>();

  constructor(runtime: Runtime, capacity: number) {
    this.#runtime = runtime;
    this.#capacity = capacity;
  }

  async get(recipe: SessionRecipe): Promise<Session> {
    const { load } = recipe;
    const { whole } = await this.#find(recipe, async (model) => ({
      whole: await this.#runtime.load(model, load),
    }));
    return whole!;
  }

  async getParts<Part extends string>(recipe: PartsRecipe<Part>): Promise<Readonly<Record<Part, Session>>> {
    const { cut, load } = recipe;
    return this.#find(recipe, (model) => this.#runtime.loadParts(model, cut, load));
  }

  async #find(
    { key, build, passes = [] }: SessionRecipe,
    load: (model: Model) => Promise<Parts>,
  ): Promise<Parts> {
    const known = this.#networks.get(key);
    const network =
      known ??
      this.#load(
        key,
        load,
        passes.reduce((model, pass) => pass.run(model).model, build()),
      );
    this.#networks.delete(key);
    this.#networks.set(key, network);
    // Together: a load that fails while others are disposed of must find somebody who listens.
    const [loaded] = await Promise.all([network, known ? undefined : this.#evict()]);
    return loaded;
  }

  /** Disposes of the networks whose key the predicate picks. */
  async drop(isDropped: (key: string) => boolean): Promise<void> {
    const keys = [...this.#networks.keys()].filter(isDropped);
    await Promise.all(keys.map((key) => this.#dispose(key)));
  }

  async #load(key: string, load: (model: Model) => Promise<Parts>, model: Model): Promise<Parts> {
    try {
      return await load(model);
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
    // One that failed to load has told its caller already.
    const parts: Parts = (await network?.catch(() => undefined)) ?? {};
    await Promise.all(Object.values(parts).map((session) => session.dispose().catch(() => undefined)));
  }
}
