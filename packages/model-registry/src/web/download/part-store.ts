// Downloads in the origin's private file system: a folder for each, with the file's parts, numbered, and what is known
// of it. A part is there whole or not at all, so a download goes on where the last part ends.

import { registryError } from "../../errors.js";

/** What is known of a download. */
export interface StoredFile {
  readonly url: string;
  /** Bytes of the whole file, as far as the server tells. */
  readonly size?: number;
  /** The server's name for this version of the file. */
  readonly version?: string;
  readonly complete: boolean;
}

const FOLDER = ["sunstep", "downloads"];
const ABOUT = "about.json";

/** One download's place. */
export class PartStore {
  readonly #folder: FileSystemDirectoryHandle;
  /** How many there are, once they were counted. */
  #parts: number | undefined;

  private constructor(folder: FileSystemDirectoryHandle) {
    this.#folder = folder;
  }

  /** Undefined where the browser has no such storage, or keeps pages from it. */
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

  /** Undefined where nothing is stored, or nothing that can be read. */
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

  /** The parts together: a Blob of files on disk, none of which is read for it. */
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

/** Everything that was downloaded is removed. */
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
