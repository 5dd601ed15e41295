import { createHash, type Hash } from "node:crypto";
import type { Checksum } from "../../listed-file.js";

/** A hash to feed a file's contents to. git's begins with the size. */
export function startHash(algorithm: Checksum["algorithm"], size: number | undefined): Hash {
  return algorithm === "sha256" ? createHash("sha256") : createHash("sha1").update(`blob ${size}\0`);
}
