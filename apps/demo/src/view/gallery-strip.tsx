import { useState } from "preact/hooks";
import type { Controller } from "../control/controller.js";
import type { AppState } from "../state/app-state.js";
import { leaveFocus } from "./focus.js";
import { Icon } from "./icon.js";

interface Props {
  readonly state: AppState;
  readonly controller: Controller;
}

const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/**
 * The images of this visit and those before it, newest first. A click shows one and restores its settings. The list is one
 * stop of the tab key; arrow keys move within it.
 */
export function GalleryStrip({ state, controller }: Props) {
  const { gallery, frames } = state;
  const shown = new Set(frames.map(({ image }) => image?.id));
  if (gallery.length === 0) return <p class="gallery hint">Your images appear here.</p>;
  const stop = Math.max(
    0,
    gallery.findIndex(({ id }) => shown.has(id)),
  );
  return (
    <div class="gallery">
      <ul aria-label="Your images" onKeyDown={moveFocus}>
        {gallery.map((image, index) => {
          const { id, url, settings } = image;
          const title = `${settings.prompt || "no prompt"}, seed ${settings.seed}`;
          return (
            <li key={id}>
              <button
                type="button"
                class="thumb"
                title={title}
                aria-label={`Restore: ${title}`}
                aria-current={shown.has(id)}
                tabIndex={index === stop ? 0 : -1}
                onClick={() => controller.show(image)}
              >
                <img src={url} alt="" loading="lazy" />
              </button>
            </li>
          );
        })}
      </ul>
      <ClearButton count={gallery.length} controller={controller} />
    </div>
  );
}

function moveFocus(event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void {
  const step = steps[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const buttons = Array.from(event.currentTarget.querySelectorAll("button"));
  buttons[buttons.indexOf(document.activeElement as HTMLButtonElement) + step]?.focus();
}

/** Empties the gallery at the second press. */
function ClearButton({ count, controller }: { readonly count: number; readonly controller: Controller }) {
  const [asks, setAsks] = useState(false);
  const label = asks ? `Remove ${count === 1 ? "the image" : `all ${count} images`}` : "Clear the gallery";
  return (
    <button
      type="button"
      class={asks ? "primary clear" : "plain clear"}
      title={`${label} and the settings that this browser keeps`}
      aria-label={label}
      onBlur={() => setAsks(false)}
      onClick={(event) => {
        if (!asks) return setAsks(true);
        leaveFocus(event.currentTarget);
        controller.clearGallery();
      }}
    >
      {asks ? "Sure?" : <Icon name="bin" />}
    </button>
  );
}
