import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Runtime } from "@sunstep/runtime";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { openFeatureStores } from "../features/feature-stores.js";
import { type FeatureStores, Gallery } from "./gallery.js";
import { ImageStore } from "./image-store.js";

/** Options of the command line that every evaluation takes, for `parseArgs`. */
export const galleryOptions = {
  cache: { type: "string", default: fileURLToPath(new URL("../../../../.cache/evaluate", import.meta.url)) },
  workers: { type: "string", default: "2" },
} as const;

/** A gallery, and what it computes with. */
export interface OpenGallery {
  readonly gallery: Gallery;
  readonly features: FeatureStores;
  /** One runtime of one thread for each worker. */
  readonly runtimes: readonly Runtime[];
}

interface GalleryPlace {
  /** Folder of the images and features of earlier runs. */
  readonly cache: string;
  readonly workers: number | string;
  /** Gets a line for each step; default: standard error. */
  readonly log?: (line: string) => void;
}

/** Opens the images and features of earlier runs for the duration of `work`. */
export async function withGallery<T>(
  { cache, workers, log = console.error }: GalleryPlace,
  work: (open: OpenGallery) => Promise<T>,
): Promise<T> {
  const runtimes = await Promise.all(
    Array.from({ length: Number(workers) }, () => createNodeRuntime({ threads: 1 })),
  );
  try {
    const features = await openFeatureStores(join(cache, "features"), runtimes[0]!);
    const gallery = new Gallery(new ImageStore(join(cache, "images")), features, log);
    return await work({ gallery, features, runtimes });
  } finally {
    await Promise.all(runtimes.map((runtime) => runtime.dispose()));
  }
}
