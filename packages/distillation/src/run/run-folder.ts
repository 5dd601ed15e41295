import type { FileTree } from "@sunstep/checkpoint";

/** A folder that files are written to: on disk `runFolder(path)` of the `/node` entry. */
export interface RunFolder extends FileTree {
  readonly name: string;
  /**
   * Writes a file that is there whole or not at all, even after a loss of power.
   * @throws DISK_FULL, FILE_NOT_WRITABLE
   */
  write(name: string, bytes: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
}
