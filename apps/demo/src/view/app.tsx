import { useEffect } from "preact/hooks";
import type { Controller } from "../control/controller.js";
import { type Action, type AppState, modelInfo } from "../state/app-state.js";
import type { Store } from "../state/store.js";
import { DropZone } from "./drop-zone.js";
import { Examples } from "./examples.js";
import { GalleryStrip } from "./gallery-strip.js";
import { Header } from "./header.js";
import { ModelPanel } from "./model-panel.js";
import { ProblemNote } from "./problem-note.js";
import { PromptBar } from "./prompt-bar.js";
import { SettingsPanel } from "./settings-panel.js";
import { Stage } from "./stage.js";
import { StartPanel } from "./start-panel.js";
import { useStore } from "./use-store.js";

interface Props {
  readonly store: Store<AppState, Action>;
  readonly controller: Controller;
}

export function App({ store, controller }: Props) {
  const state = useStore(store);
  useEffect(() => {
    const onKeyDown = ({ key }: KeyboardEvent) => {
      if (key === "Escape" && store.state().running) controller.cancel();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [store, controller]);
  const props = { state, controller };
  return (
    <>
      <main class="layout" tabIndex={-1}>
        <Header state={state} />
        <Stage {...props} />
        <div class="words">
          <PromptBar {...props} />
          {state.problem && (
            <ProblemNote
              problem={state.problem}
              hasModel={state.model.status !== "failed"}
              controller={controller}
            />
          )}
          {(state.abilities.files || modelInfo(state)?.name === "emoji") && (
            <Examples controller={controller} />
          )}
        </div>
        <GalleryStrip {...props} />
        <aside class="panels" aria-label="Controls">
          <SettingsPanel {...props} />
          <StartPanel {...props} />
          <ModelPanel {...props} />
        </aside>
      </main>
      <DropZone {...props} />
    </>
  );
}
