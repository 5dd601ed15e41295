// The status line: the current progress, or the cost of the result.

import type { AppState } from "./app-state.js";
import { costText } from "./cost.js";

/** Returns the visible status, updated every step. */
export function statusText(state: AppState): string {
  const { model, running, frames } = state;
  if (model.status === "opening") return model.progress.text;
  if (!running) return resultText(state);
  const current = frames.find(({ image }) => !image);
  return current?.progress?.text ?? "Starting";
}

/** Returns the status for screen readers, updated at the beginning and the end. */
export function spokenStatus(state: AppState): string {
  if (state.model.status === "opening") return "Opening the model";
  return state.running ? "Making the image" : resultText(state);
}

function resultText({ frames, notice }: AppState): string {
  const [only, more] = frames;
  const made = only?.image && !more && `${costText(only.image.cost)}, seed ${only.image.settings.seed}`;
  return [notice, made].filter(Boolean).join(". ");
}
