// The status line: the current progress, or the cost of the result.

import { type AppState, currentFrame } from "./app-state.js";
import { advantageText, costText } from "./cost.js";

/** Returns the visible status, updated every step. */
export function statusText(state: AppState): string {
  const { model, running, following, frames } = state;
  if (model.status === "opening") return model.progress.text;
  if (!running) return state.painting ? "Paint over what should change" : resultText(state);
  // Its steps are too quick to read.
  if (following) return "Following what you type";
  return frames[currentFrame(state) ?? 0]?.progress?.text ?? "Starting";
}

/** Returns the status for screen readers, updated at the beginning and the end; in live mode at the end only. */
export function spokenStatus(state: AppState): string {
  if (state.model.status === "opening") return "Opening the model";
  if (state.running) return state.following ? "" : "Making the image";
  return resultText(state);
}

function resultText({ frames, notice }: AppState): string {
  const [first, last] = [frames[0]?.image, frames.at(-1)?.image];
  const made =
    frames.length > 1
      ? first && last && advantageText(first.cost, last.cost)
      : first && `${costText(first.cost)}, seed ${first.settings.seed}`;
  return [notice, made].filter(Boolean).join(". ");
}
