import type { Controller } from "../control/controller.js";
import type { AppState } from "../state/app-state.js";

/** Pictures of this visit, newest first. A click shows one again, with its settings. */
export function GalleryStrip({
  state,
  controller,
}: {
  readonly state: AppState;
  readonly controller: Controller;
}) {
  const { gallery, shots } = state;
  const shown = new Set(shots.map(({ picture }) => picture?.id));
  if (gallery.length === 0) return <p class="gallery hint">What you make is kept here until you leave.</p>;
  return (
    <ul class="gallery" aria-label="Pictures of this visit">
      {gallery.map((picture) => {
        const { id, url, settings } = picture;
        const title = `${settings.prompt || "no prompt"}, seed ${settings.seed}`;
        return (
          <li key={id}>
            <button
              type="button"
              class="thumb"
              title={title}
              aria-label={`Restore: ${title}`}
              aria-current={shown.has(id)}
              onClick={() => controller.show(picture)}
            >
              <img src={url} alt="" />
            </button>
          </li>
        );
      })}
    </ul>
  );
}
