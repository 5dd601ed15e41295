import type { Runtime } from "@sunstep/runtime";
import type { Gallery } from "../images/gallery.js";
import { Studio, type StudioFiles } from "../images/studio.js";

/** What every measurement works with. */
export interface Context {
  readonly gallery: Gallery;
  /** One a thread: images are made on all at the same time. */
  readonly runtimes: readonly Runtime[];
  readonly prompts: number;
}

/** Opens a model on every runtime while `work` goes on. */
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
