import * as files from "@sunstep/files/node";

const advice = "Set HF_HUB_CACHE (models of the hub) or SUNSTEP_CACHE (other downloads) to another folder";

// The functions of @sunstep/files, with the advice in their errors DISK_FULL and FILE_NOT_WRITABLE.
export const writingCache = <T>(path: string, action: () => Promise<T>): Promise<T> =>
  files.writing(path, action, advice);
export const writeCacheFile = (path: string, text: string): Promise<void> =>
  files.writeWhole(path, text, { advice });
export const requireSpace = (folder: string, needed: number): Promise<void> =>
  files.requireSpace(folder, needed, advice);
