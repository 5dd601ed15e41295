import type { Controller } from "../control/controller.js";
import { examples } from "../state/examples.js";

export function Examples({ controller }: { readonly controller: Controller }) {
  return (
    <ul class="examples" aria-label="Examples">
      {examples.map(({ prompt, negativePrompt = "" }) => (
        <li key={prompt + negativePrompt}>
          <button type="button" class="chip" onClick={() => controller.try({ prompt, negativePrompt })}>
            {prompt}
            {negativePrompt && (
              <>
                <span class="spoken"> without</span> <s>{negativePrompt}</s>
              </>
            )}
          </button>
        </li>
      ))}
    </ul>
  );
}
