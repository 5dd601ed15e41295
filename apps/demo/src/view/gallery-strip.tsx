import type { Controller } from "../control/controller.js";
import type { AppState } from "../state/app-state.js";

/** The images of this visit, newest first. A click shows one and restores its settings. */
export function GalleryStrip({
  state,
  controller,
}: {
  readonly state: AppState;
  readonly controller: Controller;
}) {
  const { gallery, frames } = state;
  const shown = new Set(frames.map(({ image }) => image?.id));
  if (gallery.length === 0) return <p class="gallery hint">Your images appear here.</p>;
  return (
    <ul class="gallery" aria-label="Images of this visit">
      {gallery.map((image) => {
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
              onClick={() => controller.show(image)}
            >
              <img src={url} alt="" />
            </button>
          </li>
        );
      })}
    </ul>
  );
}
