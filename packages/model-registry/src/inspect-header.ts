import { checkSupportedFile, openSafetensors } from "@sunstep/checkpoint";
import { SunstepError } from "@sunstep/errors";
import type { ByteSource } from "@sunstep/files";
import { registryError } from "./errors.js";

/** Throws for a file that is not worth its download. The source has the file's whole size, and at least its header. */
export type Inspect = (source: ByteSource) => Promise<void>;

/** Refuses a file that is not safetensors, or longer or shorter than its header tells, or of a kind that nothing opens. */
export const inspectSafetensors: Inspect = async (source) =>
  checkSupportedFile(await openSafetensors(source));

/**
 * The same for a URL that need not lead to a model. Where no hash is known, the header stands in for it: it tells login
 * pages, checkpoints of other formats, and the file's length. `url` is for messages.
 */
export const inspectLink =
  (url: string): Inspect =>
  async (source) => {
    try {
      await inspectSafetensors({ ...source, name: url });
    } catch (error) {
      if (!SunstepError.isInstance(error) || error.code === "CHECKPOINT_UNSUPPORTED") throw error;
      throw registryError(
        "DOWNLOAD_CORRUPT",
        `${error.message}. The link may lead to a login page, or to a checkpoint of another format`,
        { url, cause: error },
      );
    }
  };

/** Bytes that tell other formats from safetensors. */
const FORMAT_BYTES = 64;

/** Returns a function to call as a file grows: it runs `inspect` once, as soon as the file's header has arrived. */
export function whenHeaderArrives(source: ByteSource, inspect: Inspect): (received: number) => Promise<void> {
  let headerEnd: number | undefined;
  let done = false;
  return async (received) => {
    if (done || received < Math.min(FORMAT_BYTES, source.size)) return;
    headerEnd ??= await readHeaderEnd(source);
    // A header longer than the file never arrives; `inspect` reports that.
    if (received < headerEnd && headerEnd <= source.size) return;
    done = true;
    await inspect(source);
  };
}

/** Reads the header's length, which precedes it in 8 bytes. */
async function readHeaderEnd(source: ByteSource): Promise<number> {
  const bytes = await source.read(0, 8);
  return bytes.length < 8
    ? 0
    : 8 + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
}
