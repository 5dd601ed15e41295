import type { AdapterKind, DeviceChoice, Engine, ModelSource, Opened } from "../engine/engine.js";
import type { Action, AppState } from "../state/app-state.js";
import type { ModelInfo } from "../state/model.js";
import { problemOf, reportOf } from "../state/problem.js";
import type { Store } from "../state/store.js";
import type { Environment } from "./environment.js";
import type { ModelInUse } from "./runs.js";

/** A loaded adapter, kept so that it can be loaded again when the model is reopened. */
interface Adapter {
  readonly kind: AdapterKind;
  readonly file: File;
  /** The LoRA's or embedding's name in the engine. */
  readonly name: string;
  readonly scale: number;
}

/** The open model with its adapters, and the engine that holds them. */
export class Models implements ModelInUse {
  readonly #store: Store<AppState, Action>;
  readonly #environment: Environment;
  #running: ReturnType<Environment["startEngine"]>;
  #opened: Opened = { source: { kind: "embedded" }, device: "auto", ownAcceleration: true };
  #adapters: readonly Adapter[] = [];
  #ready: Promise<void> = Promise.resolve();
  /** Aborted when another model is requested. */
  #opening = new AbortController();

  constructor(store: Store<AppState, Action>, environment: Environment) {
    this.#store = store;
    this.#environment = environment;
    this.#running = environment.startEngine();
  }

  get engine(): Engine {
    return this.#running.engine;
  }

  get ready(): Promise<void> {
    return this.#ready;
  }

  /** The name of the server's model that was chosen last. */
  get listed(): string | undefined {
    const { source } = this.#opened;
    return source.kind === "listed" ? source.name : undefined;
  }

  get device(): DeviceChoice {
    return this.#opened.device;
  }

  /** Replaces the open model. The old one stays if the new one cannot be opened. */
  open(source: ModelSource): Promise<void> {
    return this.#open({ ...this.#opened, source, ownAcceleration: true }, [], false);
  }

  /** Moves the model to another device. */
  useDevice(device: DeviceChoice): Promise<void> {
    return this.#open({ ...this.#opened, device }, this.#adapters, true);
  }

  /** Terminates the engine and opens the same model in a new one. */
  reload(): Promise<void> {
    this.#running.stop();
    this.#running = this.#environment.startEngine();
    return this.#open(this.#opened, this.#adapters, true);
  }

  async addAdapter(kind: AdapterKind, file: File): Promise<void> {
    await this.#ready;
    const { info, adapter } = await this.#load({ kind, file, name: "", scale: 1 });
    this.#adapters = [...this.#adapters.filter((other) => !replaces(adapter, other)), adapter];
    this.#store.dispatch({ type: "model-adapted", info });
  }

  async scaleLora(name: string, scale: number): Promise<void> {
    await this.#ready;
    this.#adapters = this.#adapters.map((adapter) =>
      adapter.kind === "lora" && adapter.name === name ? { ...adapter, scale } : adapter,
    );
    this.#store.dispatch({ type: "model-adapted", info: await this.engine.scaleLora({ name, scale }) });
  }

  /** Removes the acceleration's adapter, a dropped one or the model's own. */
  async removeAcceleration(): Promise<void> {
    await this.#ready;
    this.#adapters = this.#adapters.filter(({ kind }) => kind !== "acceleration");
    this.#opened = { ...this.#opened, ownAcceleration: false };
    this.#store.dispatch({ type: "model-adapted", info: await this.engine.removeAcceleration(undefined) });
  }

  async removeLora(name: string): Promise<void> {
    await this.#ready;
    this.#adapters = this.#adapters.filter((adapter) => !replaces({ kind: "lora", name }, adapter));
    this.#store.dispatch({ type: "model-adapted", info: await this.engine.removeLora(name) });
  }

  async removeEmbedding(name: string): Promise<void> {
    await this.#ready;
    this.#adapters = this.#adapters.filter((adapter) => !replaces({ kind: "embedding", name }, adapter));
    this.#store.dispatch({ type: "model-adapted", info: await this.engine.removeEmbedding(name) });
  }

  #open(wanted: Opened, adapters: readonly Adapter[], keepsSettings: boolean): Promise<void> {
    this.#store.dispatch({ type: "model-opening", progress: { text: "Opening the model" } });
    this.#opening.abort();
    const opening = new AbortController();
    this.#opening = opening;
    const { signal } = opening;
    const before = this.#ready;
    this.#ready = (async () => {
      // Opened one after the other: otherwise the slowest would win instead of the latest.
      await before;
      if (signal.aborted) return;
      try {
        let info = await this.engine.open(wanted, {
          signal,
          onEvent: (progress) => {
            if (!signal.aborted) this.#store.dispatch({ type: "model-opening", progress });
          },
        });
        for (const adapter of adapters) info = (await this.#load(adapter)).info;
        this.#opened = wanted;
        this.#adapters = adapters;
        if (!signal.aborted) this.#store.dispatch({ type: "model-opened", info, keepsSettings });
      } catch (error) {
        // A newer request reports its own outcome.
        if (signal.aborted) return;
        this.#store.dispatch({
          type: "model-failed",
          problem: problemOf(reportOf(error), [wanted.source.kind === "listed" ? "reload" : "embedded"]),
        });
      }
    })();
    return this.#ready;
  }

  async #load(adapter: Adapter): Promise<{ info: ModelInfo; adapter: Adapter }> {
    const { kind, file, scale } = adapter;
    if (kind === "acceleration") return { info: await this.engine.addAcceleration(file), adapter };
    if (kind === "embedding") {
      const info = await this.engine.addEmbedding(file);
      return { info, adapter: { ...adapter, name: info.embeddings.at(-1) ?? file.name } };
    }
    const info = await this.engine.addLora({ file, scale });
    return { info, adapter: { ...adapter, name: info.loras.at(-1)?.name ?? file.name } };
  }
}

/** True if `added` takes the place of `other`: there is one acceleration at a time, and one LoRA or embedding per name. */
function replaces(added: Pick<Adapter, "kind" | "name">, other: Adapter): boolean {
  return added.kind === other.kind && (added.kind === "acceleration" || added.name === other.name);
}
