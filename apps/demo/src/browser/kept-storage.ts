// The browser's storage for what survives a reload: one entry for the session, and one for each image.

import { clear, createStore, delMany, entries, set } from "idb-keyval";
import type { KeptStorage } from "../control/keeper.js";
import type { KeptImage, KeptSession } from "../state/kept.js";

const session = "session";

export function keptStorage(): KeptStorage {
  const database = createStore("sunstep-demo", "kept");
  return {
    async load() {
      const all = new Map(await entries<string | number, unknown>(database));
      const images = [...all]
        .filter(([key]) => typeof key === "number")
        .map(([, image]) => image as KeptImage);
      return { session: all.get(session) as KeptSession | undefined, images };
    },
    saveSession: (value) => set(session, value, database),
    saveImage: (image) => set(image.id, image, database),
    removeImages: (ids) => delMany([...ids], database),
    clear: () => clear(database),
  };
}
