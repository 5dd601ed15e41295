import type { RgbImage } from "@sunstep/image";

/** Writes a file whole or not at all. */
export type WriteFile = (path: string, bytes: Uint8Array) => Promise<void>;

export interface ImageOrigin {
  readonly seed: number | bigint;
  readonly parameters: string;
}

/** An image with the seed and the settings that make it again. */
export class GeneratedImage implements RgbImage {
  readonly width: number;
  readonly height: number;
  readonly channels: RgbImage["channels"];
  /** [height, width, channels], 8 bits each. */
  readonly data: Uint8Array;
  /** Makes this image again, alone, with the same settings. */
  readonly seed: number | bigint;
  /** Prompt and settings in AUTOMATIC1111's text form. */
  readonly parameters: string;
  readonly #writeFile: WriteFile;

  constructor(
    { width, height, channels, data }: RgbImage,
    { seed, parameters }: ImageOrigin,
    writeFile: WriteFile,
  ) {
    this.width = width;
    this.height = height;
    this.channels = channels;
    this.data = data;
    this.seed = seed;
    this.parameters = parameters;
    this.#writeFile = writeFile;
  }

  /** Encodes a PNG file that carries `parameters`. */
  async toPng(): Promise<Uint8Array> {
    const { encodePng } = await import("./png-code.js");
    return encodePng(this, { text: { parameters: this.parameters } });
  }

  /** Returns the PNG file as a Blob, for object URLs, the clipboard and uploads. */
  async toBlob(): Promise<Blob> {
    return new Blob([new Uint8Array(await this.toPng())], { type: "image/png" });
  }

  /**
   * Writes a PNG file, whole or not at all. Replaces an existing file and makes missing folders. In browsers, hands the
   * file to the user as a download of that name.
   * @throws SunstepError IMAGE_FILE_FORMAT, FILE_NOT_WRITABLE, DISK_FULL
   */
  async save(path: string): Promise<void> {
    await this.#writeFile(path, await this.toPng());
  }
}
