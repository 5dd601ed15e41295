import { sha1 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { Checksum } from "../../listed-file.js";

/** Bytes hashed in one go: a few milliseconds, so that the thread stays responsive. */
const STEP = 1 << 20;

/** Hashes a file in pieces; WebCrypto takes only whole buffers. */
export async function hashBlob(
  blob: Blob,
  algorithm: Checksum["algorithm"],
  signal?: AbortSignal,
): Promise<string> {
  const hash = algorithm === "sha256" ? sha256.create() : sha1.create();
  if (algorithm === "git-sha1") hash.update(new TextEncoder().encode(`blob ${blob.size}\0`));
  for (let at = 0; at < blob.size; at += STEP) {
    signal?.throwIfAborted();
    hash.update(new Uint8Array(await blob.slice(at, at + STEP).arrayBuffer()));
  }
  return bytesToHex(hash.digest());
}
