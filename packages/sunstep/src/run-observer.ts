import type { ProgressEvent as PipelineEvent, Stage } from "@sunstep/pipeline";
import type { LoadEvent, Runtime } from "@sunstep/runtime";

/** What a run reports as it goes: the pipeline's stages and steps, and what happens while networks are loaded. */
export type ProgressEvent =
  | PipelineEvent
  | {
      /** A large network is being prepared, once; the next process loads it at once. */
      readonly type: "prepare";
      readonly network: string;
      readonly done: number;
      readonly total: number;
    }
  | { readonly type: "warning"; readonly code: string; readonly message: string };

export type ProgressListener = (event: ProgressEvent) => void;

type Timings = Readonly<Record<Stage, number>>;

/** One run: passes on what it reports, and keeps the time that networks took to load apart from the stages. */
export class RunObserver {
  readonly signal: AbortSignal | undefined;
  readonly #onProgress: ProgressListener;
  readonly #loading: Partial<Record<Stage, number>> = {};
  #stage: Stage = "encode-prompt";

  constructor({
    onProgress,
    signal,
  }: { readonly onProgress?: ProgressListener; readonly signal?: AbortSignal }) {
    this.#onProgress = onProgress ?? (() => undefined);
    this.signal = signal;
  }

  readonly onPipelineEvent = (event: PipelineEvent): void => {
    if (event.type === "stage") this.#stage = event.stage;
    this.#onProgress(event);
  };

  async load<T>(network: string, load: (onEvent: (event: LoadEvent) => void) => Promise<T>): Promise<T> {
    const stage = this.#stage;
    const begin = performance.now();
    this.#onProgress({ type: "stage", stage: "load", network });
    try {
      return await load((event) => this.#onLoadEvent(network, event));
    } finally {
      this.#loading[stage] = (this.#loading[stage] ?? 0) + performance.now() - begin;
      this.#onProgress({ type: "stage", stage });
    }
  }

  /** The pipeline's times, with loading as a stage of its own. */
  timings(measured: Timings): Timings {
    const stages = Object.entries(measured) as [Stage, number][];
    const loading = Object.values(this.#loading).reduce((sum, time) => sum + time, 0);
    const apart = Object.fromEntries(
      stages.map(([stage, time]) => [stage, time - (this.#loading[stage] ?? 0)]),
    );
    return { ...(apart as Record<Stage, number>), load: measured.load + loading };
  }

  #onLoadEvent(network: string, event: LoadEvent): void {
    if (event.type === "warning")
      this.#onProgress({ type: "warning", code: event.code, message: event.message });
    else this.#onProgress({ type: "prepare", network, done: event.done, total: event.total });
  }
}

/** A runtime whose loads belong to the run that is under way. */
export function observedRuntime(runtime: Runtime, current: () => RunObserver | undefined): Runtime {
  return {
    name: runtime.name,
    device: runtime.device,
    batching: runtime.batching,
    keep: (tensor) => runtime.keep(tensor),
    dispose: () => runtime.dispose(),
    async load(model, options = {}) {
      const observer = current();
      if (!observer) return runtime.load(model, options);
      const { signal } = observer;
      return observer.load(options.label ?? model.graph.name, (onEvent) =>
        runtime.load(model, { ...options, onEvent, ...(signal && { signal }) }),
      );
    },
  };
}
