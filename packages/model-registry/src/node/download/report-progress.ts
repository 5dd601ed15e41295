import type { OnProgress } from "../../progress.js";
import type { LockHolder } from "../disk/file-lock.js";

const quietFor = 100;

/** Reports the events of one file; `progress` at most ten times a second, and always at the end. */
export function reportProgress(onProgress: OnProgress, name: string, file: string) {
  let last = Number.NEGATIVE_INFINITY;
  return {
    initiate: () => onProgress({ status: "initiate", name, file }),
    download: (total: number | undefined) =>
      onProgress({ status: "download", name, file, ...(total === undefined ? {} : { total }) }),
    progress(loaded: number, total: number | undefined) {
      const now = performance.now();
      if (loaded !== total && now - last < quietFor) return;
      last = now;
      onProgress({ status: "progress", name, file, loaded, ...(total === undefined ? {} : { total }) });
    },
    waiting: ({ pid, host }: LockHolder) => onProgress({ status: "waiting", name, file, pid, host }),
    done: () => onProgress({ status: "done", name, file }),
  };
}
