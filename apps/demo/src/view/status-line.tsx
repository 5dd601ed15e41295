import type { AppState } from "../state/app-state.js";
import { costText } from "../state/shots.js";

/** What is happening, or what it took. Screen readers hear the beginning and the end, not every step. */
export function StatusLine({ state }: { readonly state: AppState }) {
  return (
    <p class="status" role="status">
      {textOf(state)}
    </p>
  );
}

function textOf({ model, running, shots, notice }: AppState): string {
  if (model.status === "opening") return model.progress.text;
  if (running) {
    const current = shots.find(({ picture }) => !picture);
    return current?.progress?.text ?? "Starting";
  }
  const [only, more] = shots;
  const made = only?.picture && !more && `${costText(only.picture.cost)}, seed ${only.picture.settings.seed}`;
  return [notice, made].filter(Boolean).join(". ");
}
