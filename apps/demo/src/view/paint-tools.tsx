import { withEdits } from "../browser/paint-mask.js";
import type { Controller } from "../control/controller.js";
import { type Brush, brushSizes } from "../state/brush.js";
import type { StartImage } from "../state/start-image.js";
import { Segments, Slider } from "./field.js";
import { IconButton } from "./icon-button.js";

interface Props {
  readonly start: StartImage;
  readonly brush: Brush;
  readonly controller: Controller;
  onBrush(brush: Brush): void;
}

/** The tools beneath the image while its mask is being painted. */
export function PaintTools({ start, brush, controller, onBrush }: Props) {
  const { edits, mask } = start;
  return (
    <fieldset class="paint-tools" aria-label="Mask">
      <Segments<"paint" | "erase">
        label="Brush"
        value={brush.erases ? "erase" : "paint"}
        options={[
          { value: "paint", label: "Paint" },
          { value: "erase", label: "Erase" },
        ]}
        onChange={(mode) => onBrush({ ...brush, erases: mode === "erase" })}
      />
      <Slider
        label="Brush size"
        value={brush.size}
        range={brushSizes}
        onChange={(size) => onBrush({ ...brush, size })}
      />
      <IconButton
        icon="undo"
        label="Undo"
        title="Undo the last stroke"
        disabled={edits.length === 0}
        onClick={() => controller.setStart(withEdits(start, edits.slice(0, -1)))}
      />
      <IconButton
        icon="bin"
        label="Clear the mask"
        disabled={!mask}
        onClick={() => controller.setStart(withEdits(start, [...edits, "clear"]))}
      />
      <button type="button" class="secondary" onClick={() => controller.switch({ painting: false })}>
        Done
      </button>
    </fieldset>
  );
}
