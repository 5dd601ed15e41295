import { open, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import type { ByteSource } from "../byte-source.js";
import { filesError } from "../errors.js";

/** A source whose file is on disk. */
type DiskSource = ByteSource & { readonly path: string };

/**
 * Returns a source over a file on disk. The file is opened for each read, so nothing has to be closed.
 * @throws SunstepError FILE_MISSING
 */
export async function fileSource(path: string, name: string = basename(path)): Promise<DiskSource> {
  const info = await stat(path).catch(() => undefined);
  if (!info?.isFile()) throw filesError("FILE_MISSING", `${path} is not a file`, { file: path });
  return fileOfSize(path, info.size, name);
}

/** Returns a source over a file on disk whose size is known; a missing file shows when it is read. */
export function fileOfSize(path: string, size: number, name: string = basename(path)): DiskSource {
  const absolute = resolve(path);
  return { name, size, path: absolute, read: (offset, length) => readPart(absolute, offset, length) };
}

async function readPart(path: string, offset: number, length: number): Promise<Uint8Array> {
  const file = await open(path, "r");
  try {
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return bytes.subarray(0, done);
  } finally {
    await file.close();
  }
}
