import type { Controller } from "../control/controller.js";
import type { AppState } from "../state/app-state.js";
import { ranges } from "../state/settings.js";
import { Slider } from "./field.js";
import { FileButton } from "./file-button.js";
import { leaveFocus } from "./focus.js";
import { MaskEditor } from "./mask-editor.js";

interface Props {
  readonly state: AppState;
  readonly controller: Controller;
}

/** A picture to start from, of which all or only what is painted over is made anew. */
export function StartPanel({ state, controller }: Props) {
  const { start, settings } = state;
  return (
    <details class="panel" open={start !== undefined}>
      <summary>Start from a picture</summary>
      {start ? (
        <>
          <MaskEditor key={start.id} start={start} onChange={(next) => controller.setStart(next)} />
          <Slider
            label="Change"
            value={settings.strength}
            range={ranges.strength}
            onChange={(strength) => controller.edit({ strength })}
          />
          <button
            type="button"
            class="secondary"
            onClick={(event) => {
              leaveFocus(event.currentTarget);
              controller.setStart(undefined);
            }}
          >
            Start from noise again
          </button>
        </>
      ) : (
        <>
          <p class="hint">It is changed by the prompt, all of it or where you paint over it. Drop one, or</p>
          <FileButton
            label="Choose a picture"
            accept="image/*"
            onFiles={([file]) => file && controller.startFrom(file)}
          />
        </>
      )}
    </details>
  );
}
