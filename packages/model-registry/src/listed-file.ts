import { isSafeRelativePath } from "./relative-path.js";

export interface Checksum {
  /** git-sha1: of "blob <size>\0" and the contents, the name git gives to a file. */
  readonly algorithm: "sha256" | "git-sha1";
  readonly hex: string;
}

/** A file of a commit, as the hub lists it. */
export interface ListedFile {
  readonly path: string;
  readonly size: number;
  readonly checksum: Checksum;
}

export const isCommit = (text: string): boolean => /^[0-9a-f]{40}$/.test(text);

/** Returns the listed file, or undefined if an entry of the server is malformed or unsafe. */
export function listedFile(
  path: unknown,
  size: unknown,
  gitSha1: unknown,
  sha256: unknown,
): ListedFile | undefined {
  if (typeof path !== "string" || !isSafeRelativePath(path)) return undefined;
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) return undefined;
  if (sha256 !== undefined) {
    if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) return undefined;
    return { path, size, checksum: { algorithm: "sha256", hex: sha256 } };
  }
  if (typeof gitSha1 !== "string" || !isCommit(gitSha1)) return undefined;
  return { path, size, checksum: { algorithm: "git-sha1", hex: gitSha1 } };
}
