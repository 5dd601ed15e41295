import type { Engine, RunResult } from "../engine/engine.js";
import { type Action, type AppState, hasSun } from "../state/app-state.js";
import { droppedPictures, type MadePicture } from "../state/gallery.js";
import { type NewestFirst, newestFirst } from "../state/newest-first.js";
import { isCancelled, problemOf, reportOf } from "../state/problems.js";
import { requestOf } from "../state/request.js";
import { planShots, type Shot } from "../state/shots.js";
import type { Store } from "../state/store.js";
import type { Surroundings } from "./surroundings.js";

/** The model that pictures are made with. */
export interface ModelInUse {
  readonly engine: Engine;
  /** Settles when the model that was asked for last is there, or is not. */
  readonly ready: Promise<void>;
}

/** Makes the pictures that the controls say when a run begins. A wish says whether it is a live one. */
export function createRuns(
  store: Store<AppState, Action>,
  model: ModelInUse,
  surroundings: Surroundings,
): NewestFirst<{ readonly live: boolean }> {
  let lastId = 0;

  async function run({ live }: { readonly live: boolean }, signal: AbortSignal): Promise<void> {
    await model.ready;
    const state = store.state();
    if (signal.aborted || state.model.status !== "ready") return;
    const shots = planShots(state.settings, state.comparison, hasSun(state));
    store.dispatch({ type: "run-began", shots });
    try {
      for (const [index, shot] of shots.entries()) {
        const result = await generate(shot, index, signal);
        if (signal.aborted) return;
        keep(index, pictureOf(shot, result, live));
      }
      store.dispatch({ type: "run-ended" });
    } catch (error) {
      const report = reportOf(error);
      if (!isCancelled(report)) store.dispatch({ type: "run-ended", problem: problemOf(report, ["retry"]) });
    }
  }

  function generate({ settings }: Shot, index: number, signal: AbortSignal): Promise<RunResult> {
    const state = store.state();
    return model.engine.generate(requestOf(settings, state.start, hasSun(state)), {
      signal,
      onEvent: (event) => {
        if (!signal.aborted) store.dispatch({ type: "shot-progressed", index, ...event });
      },
    });
  }

  function pictureOf({ settings }: Shot, result: RunResult, live: boolean): MadePicture {
    const { png, width, height, parameters, evaluations, milliseconds } = result;
    return {
      id: ++lastId,
      png,
      url: surroundings.createUrl(png),
      width,
      height,
      settings,
      parameters,
      cost: { evaluations, milliseconds },
      madeAt: surroundings.now(),
      live,
    };
  }

  /** The addresses of pictures that are neither in the gallery nor on the stage any more are given back. */
  function keep(index: number, picture: MadePicture): void {
    const before = store.state().gallery;
    store.dispatch({ type: "shot-done", index, picture });
    const { gallery, shots } = store.state();
    const shown = new Set(shots.map((shot) => (shot.picture ?? shot.previous)?.id));
    for (const { id, url } of droppedPictures(before, gallery)) {
      if (!shown.has(id)) surroundings.revokeUrl(url);
    }
  }

  return newestFirst(run);
}
