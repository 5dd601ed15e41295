import type { Controller } from "../control/controller.js";
import type { AppState } from "../state/app-state.js";
import { ranges } from "../state/settings.js";
import { Slider } from "./field.js";
import { FileButton } from "./file-button.js";
import { leaveFocus } from "./focus.js";

interface Props {
  readonly state: AppState;
  readonly controller: Controller;
}

/** The image to start from, changed as a whole or only where it is painted over on the stage. */
export function StartPanel({ state, controller }: Props) {
  const { start, settings, painting } = state;
  return (
    <details class="panel" open={start !== undefined}>
      <summary>Start from an image</summary>
      {start ? (
        <>
          <p class="hint">
            {start.mask
              ? "The painted part is made anew."
              : "The whole image changes. Paint over a part of it on the stage to change only that."}
          </p>
          <Slider
            label="Change"
            value={settings.strength}
            range={ranges.strength}
            onChange={(strength) => controller.edit({ strength })}
          />
          <div class="buttons">
            {!painting && (
              <button
                type="button"
                class="secondary"
                onClick={(event) => {
                  leaveFocus(event.currentTarget);
                  controller.switch({ painting: true });
                }}
              >
                {start.mask ? "Edit the mask" : "Paint a mask"}
              </button>
            )}
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
          </div>
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
