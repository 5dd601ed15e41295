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

/** The image to start from, changed as a whole or only where it is painted over. */
export function StartPanel({ state, controller }: Props) {
  const { start, settings } = state;
  return (
    <details class="panel" open={start !== undefined}>
      <summary>Start from an image</summary>
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
          <p class="hint">
            The prompt changes the whole image, or only where you paint over it. Drop one, or
          </p>
          <FileButton
            label="Choose an image"
            accept="image/*"
            onFiles={([file]) => file && controller.startFrom(file)}
          />
        </>
      )}
    </details>
  );
}
