import type { Engine, RunResult } from "../engine/engine.js";
import { type Action, type AppState, accelerationOf, modelInfo } from "../state/app-state.js";
import { planVariants, type Variant } from "../state/comparison.js";
import { draftOf } from "../state/draft.js";
import { droppedImages, type MadeImage } from "../state/gallery.js";
import { type LatestRun, latestRun, type RunControl } from "../state/latest-run.js";
import { isCancelled, problemOf, reportOf } from "../state/problem.js";
import { requestOf } from "../state/request.js";
import type { Settings } from "../state/settings.js";
import type { Store } from "../state/store.js";
import type { Environment } from "./environment.js";

/** The model that runs use. */
export interface ModelInUse {
  readonly engine: Engine;
  /** Settles when the model requested last has been opened or has failed to open. */
  readonly ready: Promise<void>;
}

/**
 * Makes images from the settings at the time a run begins. A live run follows what is typed: it shows a draft before a
 * newer request can cancel it, and refines the draft unless one waits.
 */
export function createRuns(
  store: Store<AppState, Action>,
  model: ModelInUse,
  environment: Environment,
): LatestRun<{ readonly live: boolean }> {
  let lastId = 0;

  async function run({ live }: { readonly live: boolean }, control: RunControl): Promise<void> {
    const { signal } = control;
    await model.ready;
    const state = store.state();
    if (signal.aborted || state.model.status !== "ready") return;
    const variants = planVariants(state.settings, state.comparison, accelerationOf(state));
    store.dispatch({ type: "run-began", variants, live });
    try {
      if (live) await drafts(variants, control);
      for (const [index, variant] of variants.entries()) {
        if (signal.aborted) return;
        let result = await generate(variant, index, live, signal);
        // Compared images are timed, and the first one after a load only warms up.
        if (variants.length > 1 && !live && result.milliseconds === undefined && !signal.aborted)
          result = await generate(variant, index, live, signal);
        await keep(index, variant, result, live, signal);
      }
      if (!signal.aborted) store.dispatch({ type: "run-ended" });
    } catch (error) {
      const report = reportOf(error);
      if (!isCancelled(report)) store.dispatch({ type: "run-ended", problem: problemOf(report, ["retry"]) });
    }
  }

  /** Shows a draft of each image that is worth one. */
  async function drafts(variants: readonly Variant[], { signal, hold, release }: RunControl): Promise<void> {
    hold();
    for (const [index, variant] of variants.entries()) {
      const settings = draftOf(variant.settings);
      if (!settings || signal.aborted) continue;
      const preview = await model.engine.draft(requested(settings, false), { signal });
      if (!signal.aborted) store.dispatch({ type: "frame-progressed", index, preview });
    }
    // An image without a draft of its own holds until it is finished.
    if (variants.some(({ settings }) => draftOf(settings))) release();
  }

  function generate({ settings }: Variant, index: number, live: boolean, signal: AbortSignal) {
    return model.engine.generate(requested(settings, !live), {
      signal,
      onEvent: (event) => {
        if (!signal.aborted) store.dispatch({ type: "frame-progressed", index, ...event });
      },
    });
  }

  function requested(settings: Settings, previews: boolean) {
    const state = store.state();
    return requestOf(settings, state.start, accelerationOf(state), previews, modelInfo(state)?.methods);
  }

  /** Adds an image to stage and gallery, and revokes the URLs of images that are in neither any more. */
  async function keep(
    index: number,
    { settings }: Variant,
    { milliseconds, evaluations, ...made }: RunResult,
    live: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const url = environment.createUrl(made.png);
    await environment.loadImage(url);
    if (signal.aborted) return environment.revokeUrl(url);
    const before = store.state().gallery;
    const madeAt = environment.now();
    const image: MadeImage = {
      ...made,
      // Later images have larger numbers, also those of other visits.
      id: madeAt * 1000 + (++lastId % 1000),
      url,
      settings,
      cost: { evaluations, ...(milliseconds !== undefined && { milliseconds }) },
      madeAt,
      live,
    };
    store.dispatch({ type: "frame-done", index, image });
    const { gallery, frames } = store.state();
    const shown = new Set(frames.map((frame) => (frame.image ?? frame.previous)?.id));
    for (const { id, url } of droppedImages(before, gallery)) {
      if (!shown.has(id)) environment.revokeUrl(url);
    }
  }

  return latestRun(run);
}
