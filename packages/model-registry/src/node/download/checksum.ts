import { createHash, type Hash } from "node:crypto";
import type { Checksum } from "../../listed-file.js";

/** Starts a hash of a file's contents. Git's hash begins with the size. */
export function startHash(algorithm: Checksum["algorithm"], size: number | undefined): Hash {
  return algorithm === "sha256" ? createHash("sha256") : createHash("sha1").update(`blob ${size}\0`);
}
