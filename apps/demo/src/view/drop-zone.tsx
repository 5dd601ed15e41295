import { useEffect, useState } from "preact/hooks";
import type { Controller } from "../control/controller.js";
import { droppedFiles } from "../control/dropped-files.js";
import type { AppState } from "../state/app-state.js";

/** Accepts files anywhere on the page. */
export function DropZone({
  state,
  controller,
}: {
  readonly state: AppState;
  readonly controller: Controller;
}) {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const takesFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const onDragOver = (event: DragEvent) => {
      if (!takesFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const onDragLeave = (event: DragEvent) => {
      if (!event.relatedTarget) setOver(false);
    };
    const onDrop = (event: DragEvent) => {
      setOver(false);
      if (!takesFiles(event)) return;
      event.preventDefault();
      controller.openDropped(droppedFiles(event.dataTransfer?.items ?? []));
    };
    addEventListener("dragover", onDragOver);
    addEventListener("dragleave", onDragLeave);
    addEventListener("drop", onDrop);
    return () => {
      removeEventListener("dragover", onDragOver);
      removeEventListener("dragleave", onDragLeave);
      removeEventListener("drop", onDrop);
    };
  }, [controller]);
  return over ? (
    <div class="drop-zone" aria-hidden="true">
      <p>
        {state.abilities.files
          ? "Drop a checkpoint, a model folder, an adapter, a LoRA, an embedding or an image"
          : "Drop an image"}
      </p>
    </div>
  ) : null;
}
