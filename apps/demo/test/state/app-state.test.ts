import { expect, it } from "vitest";
import { type Action, hasSun, initialState, reduce } from "../../src/state/app-state.js";
import type { MadePicture } from "../../src/state/gallery.js";
import type { ModelInfo } from "../../src/state/model.js";
import type { Shot } from "../../src/state/shots.js";

const emoji: ModelInfo = {
  name: "emoji",
  architecture: "sd1",
  backend: "test",
  defaults: { width: 128, height: 128, guidanceScale: 4 },
  sun: "emoji-sun",
  loras: [],
  files: [],
  warnings: [],
};
const shot: Shot = { title: "", settings: initialState.settings };
const picture: MadePicture = {
  id: 1,
  png: new Blob(),
  url: "blob:1",
  width: 128,
  height: 128,
  settings: initialState.settings,
  parameters: "",
  cost: { evaluations: 4, milliseconds: 400 },
  madeAt: 0,
  live: false,
};
const after = (...actions: Action[]) => actions.reduce(reduce, initialState);
const opened: Action = { type: "model-opened", info: emoji, keepsSettings: false };

it("settings of a link win over what suits the model that is still being opened", () => {
  const change = { width: 256, sun: false, prompt: "x" };
  const { settings, seedLocked } = after({ type: "restored", change, from: "the link" }, opened);
  expect(settings).toMatchObject({ ...change, height: 128, guidanceScale: 4 });
  expect(seedLocked).toBe(true);
});

it("a model that is opened again keeps all settings", () => {
  const edited: Action = { type: "edited", change: { width: 64, guidanceScale: 9, sun: false } };
  const before = after(opened, edited);
  expect(reduce(before, { ...opened, keepsSettings: true }).settings).toEqual(before.settings);
});

it("a model that cannot be opened leaves the one before in use", () => {
  const problem = { code: "X", sentence: "no.", waysOn: [] };
  const opening: Action = { type: "model-opening", progress: { text: "…" } };
  const state = after(opened, opening, { type: "model-failed", problem });
  expect(state.model).toEqual({ status: "ready", info: emoji });
  expect(state.problem).toBe(problem);
  expect(after({ type: "model-failed", problem }).model).toEqual({ status: "failed" });
});

it("shows the embedded model's SUN while it is opened", () => {
  expect(hasSun(initialState)).toBe(true);
});

it("a SUN adapter is used once it is there, and a choice against it stays", () => {
  const { sun: _, ...plain } = emoji;
  const without = reduce(initialState, { ...opened, info: plain });
  expect([hasSun(without), without.settings.sun]).toEqual([false, false]);
  const adapted = reduce(without, { type: "model-adapted", info: emoji });
  expect([hasSun(adapted), adapted.settings.sun]).toEqual([true, true]);
  const guided = reduce(adapted, { type: "edited", change: { sun: false } });
  expect(reduce(guided, { type: "model-adapted", info: emoji }).settings.sun).toBe(false);
});

it("the old picture stays to be seen until there is more of the new one", () => {
  const began = after({ type: "shown", picture }, { type: "run-began", shots: [shot] });
  expect(began.shots).toEqual([{ shot, previous: picture }]);
  expect(reduce(began, { type: "run-ended" }).shots).toEqual([{ shot, picture }]);
  const preview = { width: 1, height: 1, channels: 3 as const, data: new Uint8Array(3) };
  const seen = reduce(began, {
    type: "shot-progressed",
    index: 0,
    progress: { text: "Step 1 of 4" },
    preview,
  });
  const more = reduce(seen, { type: "shot-progressed", index: 0, progress: { text: "Decoding" } });
  expect(more.shots[0]).toMatchObject({ progress: { text: "Decoding" }, preview });
  const newer = { ...picture, id: 2 };
  const done = reduce(more, { type: "shot-done", index: 0, picture: newer });
  expect(done.shots).toEqual([{ shot, picture: newer }]);
  expect(done.gallery).toEqual([newer]);
});

it("pictures to compare begin empty where there was one", () => {
  const began = after({ type: "shown", picture }, { type: "run-began", shots: [shot, shot] });
  expect(began.shots).toEqual([{ shot }, { shot }]);
});
