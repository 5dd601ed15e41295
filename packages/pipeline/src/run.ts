import { type SunstepWarning, throwIfAborted } from "@sunstep/errors";
import type { LoadEvent, LoadOptions } from "@sunstep/runtime";
import type { ProgressEvent, Stage } from "./events.js";
import type { RunControl } from "./request/generate-options.js";

export type Timings = Readonly<Record<Stage, number>>;

/** A run under way: reports its progress, measures its stages, and ends it if the caller wants so. */
export class Run {
  readonly #control: RunControl;
  readonly #listener = new AbortController();
  readonly #signal: AbortSignal;
  readonly #warnings: SunstepWarning[] = [];
  readonly #milliseconds: Record<Stage, number> = {
    load: 0,
    "encode-prompt": 0,
    "encode-image": 0,
    denoise: 0,
    decode: 0,
  };
  #stage: Stage = "encode-prompt";

  constructor(control: RunControl) {
    this.#control = control;
    const { signal } = this.#listener;
    this.#signal = control.signal ? AbortSignal.any([control.signal, signal]) : signal;
  }

  /** Milliseconds of each stage, without the time in which it waited for networks to be loaded. */
  get timings(): Timings {
    return { ...this.#milliseconds };
  }

  get warnings(): readonly SunstepWarning[] {
    return [...this.#warnings];
  }

  /** The stage under way, or the one that ended last. */
  get currentStage(): Stage {
    return this.#stage;
  }

  get isObserved(): boolean {
    return this.#control.onProgress !== undefined;
  }

  /** @throws ABORTED, or the error of the listener */
  check(): void {
    const { signal } = this.#listener;
    if (signal.aborted) throw signal.reason;
    throwIfAborted(this.#control.signal, "the run");
  }

  report(event: ProgressEvent): void {
    const heard: unknown = this.#control.onProgress?.(event);
    // A rejection would otherwise be unhandled, and end the process.
    if (heard instanceof Promise) heard.catch((error: unknown) => this.#listener.abort(error));
  }

  warn(warning: SunstepWarning): void {
    this.#warnings.push(warning);
    this.report({ type: "warning", ...warning });
  }

  /** Runs `work` as a stage. */
  async stage<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    this.check();
    this.#stage = stage;
    this.report({ type: "stage", stage });
    const loaded = this.#milliseconds.load;
    const begin = performance.now();
    try {
      return await work();
    } finally {
      const loading = this.#milliseconds.load - loaded;
      this.#milliseconds[stage] += performance.now() - begin - loading;
    }
  }

  /** Loads a network within the current stage. */
  async load<T>(network: string, work: (options: LoadOptions) => Promise<T>): Promise<T> {
    this.report({ type: "stage", stage: "load", network });
    const begin = performance.now();
    try {
      return await work({
        label: network,
        signal: this.#signal,
        onEvent: (event) => this.#onLoadEvent(network, event),
      });
    } catch (error) {
      this.check();
      throw error;
    } finally {
      this.#milliseconds.load += performance.now() - begin;
      this.report({ type: "stage", stage: this.#stage });
    }
  }

  #onLoadEvent(network: string, event: LoadEvent): void {
    if (event.type === "prepare")
      this.report({ type: "prepare", network, done: event.done, total: event.total });
    else this.warn({ code: event.code, message: event.message, details: { network } });
  }
}
