// Keeps settings and images in the browser's storage, so that they survive a reload.

import type { Action, AppState } from "../state/app-state.js";
import { coalesced } from "../state/coalesced.js";
import { droppedImages } from "../state/gallery.js";
import {
  type Kept,
  type KeptImage,
  type KeptSession,
  keptImage,
  madeImage,
  sessionOf,
} from "../state/kept.js";
import type { Store } from "../state/store.js";
import type { Environment } from "./environment.js";

/** Every method may reject: private windows and full disks have no storage. */
export interface KeptStorage {
  load(): Promise<Kept>;
  saveSession(session: KeptSession): Promise<void>;
  /** Adds an image, or replaces the one with its id. */
  saveImage(image: KeptImage): Promise<void>;
  removeImages(ids: readonly number[]): Promise<void>;
  clear(): Promise<void>;
}

/** Milliseconds after which the page starts without what is kept: some browsers never answer. */
const patience = 1500;

/** Puts what is kept into the state. Returns the session; undefined if there is none, or no storage. */
export async function restoreKept(
  store: Store<AppState, Action>,
  storage: KeptStorage,
  { createUrl }: Pick<Environment, "createUrl">,
): Promise<KeptSession | undefined> {
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, patience, undefined));
  const kept = await Promise.race([storage.load().catch(() => undefined), late]);
  if (!kept) return undefined;
  const gallery = kept.images
    // Entries of another version of the page may lack it.
    .filter(({ png }) => png instanceof Blob)
    .map((image) => madeImage(image, createUrl(image.png)));
  store.dispatch({ type: "gallery-restored", gallery });
  return kept.session;
}

/** Saves every change of the state, until the storage refuses one. */
export function keepChanges(store: Store<AppState, Action>, storage: KeptStorage): void {
  let refused = false;
  let savedSession = JSON.stringify(sessionOf(store.state()));
  let savedGallery = store.state().gallery;

  const save = coalesced(async () => {
    if (refused) return;
    const state = store.state();
    const { gallery } = state;
    try {
      const session = sessionOf(state);
      const text = JSON.stringify(session);
      if (gallery.length === 0 && savedGallery.length > 0) await storage.clear();
      else if (text !== savedSession) await storage.saveSession(session);
      savedSession = text;
      const dropped = droppedImages(savedGallery, gallery).map(({ id }) => id);
      if (dropped.length > 0) await storage.removeImages(dropped);
      for (const image of droppedImages(gallery, savedGallery)) await storage.saveImage(keptImage(image));
      savedGallery = gallery;
    } catch {
      refused = true;
    }
  });
  store.subscribe(() => void save());
}
