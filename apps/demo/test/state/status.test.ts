import { expect, it } from "vitest";
import { type AppState, initialState } from "../../src/state/app-state.js";
import type { MadePicture } from "../../src/state/gallery.js";
import { spokenStatus, statusText } from "../../src/state/status.js";

const texts = (state: AppState) => [statusText(state), spokenStatus(state)];
const shot = { title: "", settings: initialState.settings };
const ready: AppState = {
  ...initialState,
  model: {
    status: "ready",
    info: {
      name: "emoji",
      architecture: "sd1",
      backend: "stand-in",
      defaults: { width: 128, height: 128, guidanceScale: 4 },
      loras: [],
      files: [],
      warnings: [],
    },
  },
};

it("tells eyes every step, and screen readers the beginning and the end", () => {
  const opening = { status: "opening", progress: { text: "Downloading the model, 2 MB of 38 MB" } } as const;
  expect(texts({ ...ready, model: opening })).toEqual([
    "Downloading the model, 2 MB of 38 MB",
    "Opening the model",
  ]);
  const running = { ...ready, running: true, shots: [{ shot, progress: { text: "Step 3 of 4" } }] };
  expect(texts(running)).toEqual(["Step 3 of 4", "Making the picture"]);
  const picture = {
    settings: initialState.settings,
    cost: { evaluations: 4, milliseconds: 420 },
  } as MadePicture;
  const done = { ...ready, notice: "Link copied", shots: [{ shot, picture }] };
  const result = "Link copied. 4 evaluations, 0.42 s, seed 42";
  expect(texts(done)).toEqual([result, result]);
});
