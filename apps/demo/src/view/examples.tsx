import type { Controller } from "../control/controller.js";
import { examples } from "../state/examples.js";

/** Scrolls the row sideways with a wheel that turns in one direction only. */
function scrollByWheel(event: WheelEvent & { readonly currentTarget: HTMLElement }): void {
  const row = event.currentTarget;
  const before = row.scrollLeft;
  if (Math.abs(event.deltaY) > Math.abs(event.deltaX)) row.scrollLeft += event.deltaY;
  // At its ends the row leaves the wheel to the page.
  if (row.scrollLeft !== before) event.preventDefault();
}

export function Examples({ controller }: { readonly controller: Controller }) {
  return (
    <ul class="examples" aria-label="Examples" onWheel={scrollByWheel}>
      {examples.map(({ prompt, negativePrompt = "" }) => (
        <li key={prompt + negativePrompt}>
          <button type="button" class="chip" onClick={() => controller.try({ prompt, negativePrompt })}>
            {prompt}
            {negativePrompt && (
              <>
                <span class="spoken">, negative prompt:</span> <s>{negativePrompt}</s>
              </>
            )}
          </button>
        </li>
      ))}
    </ul>
  );
}
