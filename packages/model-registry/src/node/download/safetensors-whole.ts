import type { FileHandle } from "node:fs/promises";
import { registryError } from "../../errors.js";

// Real headers are some hundred kilobytes; the format's own limit is 100 MB.
const largestHeader = 100_000_000;

/**
 * Checks that a file is a safetensors file and is whole: its header tells its length. This stands in for the hash that
 * servers other than the hub do not declare, and finds login pages and pickles. `url` is for the message.
 */
export async function requireWholeSafetensors(file: FileHandle, size: number, url: string): Promise<void> {
  const start = await readBytes(file, 0, Math.min(8, size));
  const length = start.length === 8 ? Number(start.readBigUInt64LE()) : 0;
  if (length < 2 || length > largestHeader || 8 + length > size)
    throw invalid(url, "it is no .safetensors file");
  let header: unknown;
  try {
    header = JSON.parse((await readBytes(file, 8, length)).toString("utf8"));
  } catch {
    throw invalid(url, "it is no .safetensors file");
  }
  const end = 8 + length + dataLength(header);
  if (end !== size) throw invalid(url, `it has ${size} bytes, its header speaks of ${end}`);
}

function dataLength(header: unknown): number {
  let end = 0;
  for (const [name, tensor] of Object.entries(header ?? {})) {
    const offsets: unknown = name === "__metadata__" ? undefined : tensor?.data_offsets;
    if (Array.isArray(offsets)) end = Math.max(end, Number(offsets[1]));
  }
  return end;
}

async function readBytes(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function invalid(url: string, reason: string) {
  return registryError(
    "DOWNLOAD_CORRUPT",
    `what ${url} sent was thrown away: ${reason}. The link may lead to a login page, or to a checkpoint of another format`,
    { url },
  );
}
