import type { Controller } from "../control/controller.js";
import type { AppState } from "../state/app-state.js";
import { Switch } from "./field.js";

interface Props {
  readonly state: AppState;
  readonly controller: Controller;
}

/** The prompt and the negative prompt. Enter makes the image, Escape cancels. */
export function PromptBar({ state, controller }: Props) {
  const { settings, live } = state;
  // A live run ends before the button could be pressed.
  const cancels = state.running && !state.following;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      controller.make();
    }
  };
  return (
    <form
      class="prompt-bar"
      onSubmit={(event) => {
        event.preventDefault();
        if (cancels) controller.cancel();
        else controller.make();
      }}
    >
      <div class="prompts">
        <textarea
          aria-label="Prompt"
          placeholder="What do you want to see?"
          rows={2}
          maxLength={4000}
          autocomplete="off"
          value={settings.prompt}
          onInput={(event) => controller.edit({ prompt: event.currentTarget.value })}
          onKeyDown={onKeyDown}
        />
        <label class="negative">
          <span class="muted">Negative prompt</span>
          <input
            type="text"
            aria-label="Negative prompt"
            placeholder="for example: red, blurry"
            maxLength={4000}
            autocomplete="off"
            value={settings.negativePrompt}
            onInput={(event) => controller.edit({ negativePrompt: event.currentTarget.value })}
            onKeyDown={onKeyDown}
          />
        </label>
      </div>
      <div class="go">
        <button
          type="submit"
          class={cancels ? "secondary" : "primary"}
          disabled={state.model.status === "failed"}
        >
          {cancels ? "Cancel" : "Make"}
        </button>
        {state.abilities.live && (
          <Switch
            label="Live"
            checked={live}
            hint="The image follows what you type"
            onChange={(checked) => controller.switch({ live: checked })}
          />
        )}
      </div>
    </form>
  );
}
