import type { FileTree } from "@sunstep/checkpoint";

/** A folder that a run writes to; `runFolder(path)` of the `/node` entry is one on disk. */
export interface RunFolder extends FileTree {
  readonly name: string;
  /**
   * Writes a file atomically and durably: after a loss of power it is whole or absent.
   * @throws DISK_FULL, FILE_NOT_WRITABLE
   */
  write(name: string, bytes: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
}
