// Downloads in the origin's private file system: a folder each, with the file's numbered parts and a description. A part
// exists whole or not at all, so a download continues where the last part ends.

import { registryError } from "../../errors.js";

/** Description of a download. */
export interface StoredFile {
  readonly url: string;
  /** Length of the whole file in bytes, if the server tells it. */
  readonly size?: number;
  /** The server's validator of this version of the file. */
  readonly version?: string;
  readonly complete: boolean;
}

const FOLDER = ["sunstep", "downloads"];
const ABOUT = "about.json";

/** Storage of one download. */
export class PartStore {
  readonly #folder: FileSystemDirectoryHandle;
  /** Number of parts, once counted. */
  #parts: number | undefined;

  private constructor(folder: FileSystemDirectoryHandle) {
    this.#folder = folder;
  }

  /** Opens the storage of a URL; undefined if the browser lacks it or denies it. */
  static async open(url: string): Promise<PartStore | undefined> {
    try {
      let folder = await navigator.storage.getDirectory();
      for (const name of [...FOLDER, await keyOf(url)])
        folder = await folder.getDirectoryHandle(name, { create: true });
      return new PartStore(folder);
    } catch {
      return undefined;
    }
  }

  /** Reads the description; undefined if it is missing or malformed. */
  async about(): Promise<StoredFile | undefined> {
    try {
      const file = await (await this.#folder.getFileHandle(ABOUT)).getFile();
      return JSON.parse(await file.text()) as StoredFile;
    } catch {
      return undefined;
    }
  }

  async describe(file: StoredFile): Promise<void> {
    await this.#write(ABOUT, JSON.stringify(file));
  }

  /** Returns the parts as one Blob of files on the disk, without reading them. */
  async contents(): Promise<Blob> {
    const parts: File[] = [];
    for (;;) {
      const handle = await this.#folder.getFileHandle(String(parts.length)).catch(() => undefined);
      if (!handle) break;
      parts.push(await handle.getFile());
    }
    this.#parts = parts.length;
    return new Blob(parts);
  }

  /**
   * Adds a part.
   * @throws STORAGE_QUOTA
   */
  async append(bytes: Blob): Promise<void> {
    if (this.#parts === undefined) await this.contents();
    await this.#write(String(this.#parts!++), bytes);
  }

  async clear(): Promise<void> {
    for await (const name of this.#folder.keys()) await this.#folder.removeEntry(name);
    this.#parts = 0;
  }

  async #write(name: string, content: Blob | string): Promise<void> {
    const writable = await (await this.#folder.getFileHandle(name, { create: true })).createWritable();
    try {
      await writable.write(content);
      await writable.close();
    } catch (cause) {
      await writable.abort().catch(() => undefined);
      throw (cause as Error).name === "QuotaExceededError"
        ? registryError("STORAGE_QUOTA", "the browser's storage for this site is full", { cause })
        : cause;
    }
  }
}

/** Removes all downloads. */
export async function clearDownloads(): Promise<void> {
  const [first = "", second = ""] = FOLDER;
  try {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(first);
    await folder.removeEntry(second, { recursive: true });
  } catch (error) {
    if ((error as Error).name !== "NotFoundError") throw error;
  }
}

async function keyOf(url: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(url));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
