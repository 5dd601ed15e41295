import type { AppState } from "../state/app-state.js";
import { spokenStatus, statusText } from "../state/status.js";

/** The progress or the result. Screen readers hear the beginning and the end, not every step. */
export function StatusLine({ state }: { readonly state: AppState }) {
  return (
    <>
      <p class="status">{statusText(state)}</p>
      <p class="spoken" role="status">
        {spokenStatus(state)}
      </p>
    </>
  );
}
