// What is happening, or what it took, in one line.

import type { AppState } from "./app-state.js";
import { costText } from "./shots.js";

/** For eyes: every step. */
export function statusText(state: AppState): string {
  const { model, running, shots } = state;
  if (model.status === "opening") return model.progress.text;
  if (!running) return resultText(state);
  const current = shots.find(({ picture }) => !picture);
  return current?.progress?.text ?? "Starting";
}

/** For screen readers: the beginning and the end. */
export function spokenStatus(state: AppState): string {
  if (state.model.status === "opening") return "Opening the model";
  return state.running ? "Making the picture" : resultText(state);
}

function resultText({ shots, notice }: AppState): string {
  const [only, more] = shots;
  const made = only?.picture && !more && `${costText(only.picture.cost)}, seed ${only.picture.settings.seed}`;
  return [notice, made].filter(Boolean).join(". ");
}
