import type { Engine, RunResult } from "../engine/engine.js";
import { type Action, type AppState, accelerationOf } from "../state/app-state.js";
import { planVariants, type Variant } from "../state/comparison.js";
import { droppedImages, type MadeImage } from "../state/gallery.js";
import { type LatestRun, latestRun } from "../state/latest-run.js";
import { isCancelled, problemOf, reportOf } from "../state/problem.js";
import { requestOf } from "../state/request.js";
import type { Store } from "../state/store.js";
import type { Environment } from "./environment.js";

/** The model that runs use. */
export interface ModelInUse {
  readonly engine: Engine;
  /** Settles when the model requested last has been opened or has failed to open. */
  readonly ready: Promise<void>;
}

/** Makes images from the settings at the time a run begins. A live run follows what is typed. */
export function createRuns(
  store: Store<AppState, Action>,
  model: ModelInUse,
  environment: Environment,
): LatestRun<{ readonly live: boolean }> {
  let lastId = 0;

  async function run({ live }: { readonly live: boolean }, signal: AbortSignal): Promise<void> {
    await model.ready;
    const state = store.state();
    if (signal.aborted || state.model.status !== "ready") return;
    const variants = planVariants(state.settings, state.comparison, accelerationOf(state));
    store.dispatch({ type: "run-began", variants });
    try {
      for (const [index, variant] of variants.entries()) {
        const result = await generate(variant, index, signal);
        if (signal.aborted) return;
        keep(index, imageOf(variant, result, live));
      }
      store.dispatch({ type: "run-ended" });
    } catch (error) {
      const report = reportOf(error);
      if (!isCancelled(report)) store.dispatch({ type: "run-ended", problem: problemOf(report, ["retry"]) });
    }
  }

  function generate({ settings }: Variant, index: number, signal: AbortSignal): Promise<RunResult> {
    const state = store.state();
    return model.engine.generate(requestOf(settings, state.start, accelerationOf(state)), {
      signal,
      onEvent: (event) => {
        if (!signal.aborted) store.dispatch({ type: "frame-progressed", index, ...event });
      },
    });
  }

  function imageOf({ settings }: Variant, result: RunResult, live: boolean): MadeImage {
    const { png, width, height, parameters, evaluations, milliseconds } = result;
    return {
      id: ++lastId,
      png,
      url: environment.createUrl(png),
      width,
      height,
      settings,
      parameters,
      cost: { evaluations, milliseconds },
      madeAt: environment.now(),
      live,
    };
  }

  /** Adds an image to stage and gallery, and revokes the URLs of images that are in neither any more. */
  function keep(index: number, image: MadeImage): void {
    const before = store.state().gallery;
    store.dispatch({ type: "frame-done", index, image });
    const { gallery, frames } = store.state();
    const shown = new Set(frames.map((frame) => (frame.image ?? frame.previous)?.id));
    for (const { id, url } of droppedImages(before, gallery)) {
      if (!shown.has(id)) environment.revokeUrl(url);
    }
  }

  return latestRun(run);
}
