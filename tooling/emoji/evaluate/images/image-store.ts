import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { decodeImage, encodePng, type RgbImage } from "@sunstep/image";

/** Images in a folder, one PNG each. A killed run leaves whole files, and the next run continues from them. */
export class ImageStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  has(key: string): boolean {
    return existsSync(this.#path(key));
  }

  async get(key: string): Promise<RgbImage> {
    return decodeImage(await readFile(this.#path(key)));
  }

  async put(key: string, image: RgbImage): Promise<void> {
    const path = this.#path(key);
    const partial = `${path}.${process.pid}.part`;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(partial, encodePng(image));
    await rename(partial, path);
  }

  #path(key: string): string {
    return join(this.#folder, key.slice(0, 2), `${key.slice(2)}.png`);
  }
}
