import type { Runtime } from "@sunstep/runtime";
import type { Gallery } from "../images/gallery.js";
import { Studio, type StudioFiles } from "../images/studio.js";

/** The context of every measurement. */
export interface Context {
  readonly gallery: Gallery;
  /** One runtime per thread; images are made on all of them at once. */
  readonly runtimes: readonly Runtime[];
  readonly prompts: number;
}

/** Opens a model on every runtime for the duration of `work`. */
export async function withStudios<T>(
  { runtimes }: Context,
  files: StudioFiles,
  work: (studios: readonly Studio[]) => Promise<T>,
): Promise<T> {
  const studios = await Promise.all(runtimes.map((runtime) => Studio.open(runtime, files)));
  try {
    return await work(studios);
  } finally {
    await Promise.all(studios.map((studio) => studio.dispose()));
  }
}
