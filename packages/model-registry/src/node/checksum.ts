import { createHash, type Hash } from "node:crypto";

export interface Checksum {
  /** git-sha1: of "blob <size>\0" and the contents, the name git gives to a file. */
  readonly algorithm: "sha256" | "git-sha1";
  readonly hex: string;
}

/** A hash to feed a file's contents to. git's begins with the size. */
export function startHash(algorithm: Checksum["algorithm"], size: number | undefined): Hash {
  return algorithm === "sha256" ? createHash("sha256") : createHash("sha1").update(`blob ${size}\0`);
}
