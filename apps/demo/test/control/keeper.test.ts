import { beforeEach, expect, it, vi } from "vitest";
import { Controller } from "../../src/control/controller.js";
import { type KeptStorage, keepChanges, restoreKept } from "../../src/control/keeper.js";
import { type Action, type AppState, initialState, reduce } from "../../src/state/app-state.js";
import type { KeptImage, KeptSession } from "../../src/state/kept.js";
import { createStore, type Store } from "../../src/state/store.js";
import { standInEngine } from "./stand-in-engine.js";

let session: KeptSession | undefined;
let images: Map<number, KeptImage>;
let refuses: boolean;

const storage: KeptStorage = {
  load: async () => ({ session, images: [...images.values()] }),
  saveSession: (value) =>
    change(() => {
      session = structuredClone(value);
    }),
  saveImage: (image) => change(() => images.set(image.id, image)),
  removeImages: (ids) =>
    change(() => {
      for (const id of ids) images.delete(id);
    }),
  clear: () =>
    change(() => {
      session = undefined;
      images.clear();
    }),
};

async function change(apply: () => void): Promise<void> {
  if (refuses) throw new DOMException("no space", "QuotaExceededError");
  apply();
}

let time = 1000;
const environment = {
  now: () => ++time,
  createUrl: () => "blob:",
  revokeUrl: () => undefined,
  loadImage: async () => undefined,
};

/** Opens the page as `main.tsx` does. */
async function visit(from = storage) {
  const store: Store<AppState, Action> = createStore(reduce, initialState);
  const controller = new Controller(store, { ...environment, startEngine: standInEngine().start });
  const opened = controller.open({ kind: "embedded" });
  const kept = await restoreKept(store, from, environment);
  const resumed = kept !== undefined && controller.resume(kept);
  keepChanges(store, from);
  await opened;
  const make = async () => {
    const { length } = store.state().gallery;
    controller.make();
    await vi.waitFor(() => expect(store.state().gallery.length).toBe(length + 1));
  };
  return { store, controller, resumed, make };
}

/** Waits until changes are saved. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

beforeEach(() => {
  session = undefined;
  images = new Map();
  refuses = false;
});

it("resumes prompt, settings, switches and gallery, with the newest image on the stage", async () => {
  const first = await visit();
  expect(first.resumed).toBe(false);
  first.controller.edit({ prompt: "a boat", negativePrompt: "sail", acceleratedSteps: 3, width: 256 });
  await first.make();
  await first.make();
  first.controller.switch({ seedLocked: true, comparison: { guided: false, negative: true } });
  await settled();
  const second = await visit();
  expect(second.resumed).toBe(true);
  const { settings, seedLocked, comparison, gallery, frames } = second.store.state();
  expect(settings).toEqual(first.store.state().settings);
  expect([seedLocked, comparison]).toEqual([true, { guided: false, negative: true }]);
  const [one, other] = first.store.state().gallery;
  expect(gallery.map(({ id, settings, cost }) => ({ id, settings, cost }))).toEqual(
    [one!, other!].map(({ id, settings, cost }) => ({ id, settings, cost })),
  );
  expect(frames[0]?.image?.id).toBe(one?.id);
});

it("makes a new image where settings were changed after the last one", async () => {
  const first = await visit();
  await first.make();
  first.controller.edit({ prompt: "another" });
  await settled();
  const second = await visit();
  expect([second.resumed, second.store.state().settings.prompt]).toEqual([false, "another"]);
});

it("takes the embedded model's size after a visit with another model", async () => {
  const first = await visit();
  first.controller.edit({ prompt: "a boat", width: 512 });
  await settled();
  session = { ...session!, model: "v1-5-pruned.safetensors" };
  const second = await visit();
  expect(second.store.state().settings).toMatchObject({ prompt: "a boat", width: 128 });
});

it("removes everything that is kept when the gallery is cleared", async () => {
  const first = await visit();
  await first.make();
  await settled();
  expect(images.size).toBe(1);
  first.controller.clearGallery();
  await settled();
  expect([images.size, session, first.store.state().gallery]).toEqual([0, undefined, []]);
});

it("drops kept images with those of the gallery", async () => {
  const first = await visit();
  first.controller.switch({ live: true });
  for (const prompt of ["a", "b", "c"]) {
    first.controller.edit({ prompt });
    await vi.waitFor(() => expect(first.store.state().gallery[0]?.settings.prompt).toBe(prompt));
    await settled();
  }
  expect([...images.values()].map(({ settings }) => new URLSearchParams(settings).get("prompt"))).toEqual([
    "c",
  ]);
});

it("works without storage, and with one that never answers", async () => {
  refuses = true;
  const without = await visit({ ...storage, load: () => Promise.reject(new Error("private window")) });
  await without.make();
  await settled();
  expect(without.store.state()).toMatchObject({ problem: undefined, gallery: [{ live: false }] });
  const begin = performance.now();
  await visit({ ...storage, load: () => new Promise(() => undefined) });
  expect(performance.now() - begin).toBeLessThan(3000);
});
