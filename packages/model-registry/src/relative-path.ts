import { type RegistryErrorCode, registryError } from "./errors.js";

/**
 * Whether `path`, as found in a server's listing or typed by a user, stays inside the folder that it is joined to,
 * on POSIX and on Windows: no "..", no empty or "." segment, no root, drive, UNC prefix, or control character.
 */
export function isSafeRelativePath(path: string): boolean {
  if (path.length === 0 || path.length > 1024) return false;
  for (const character of path) {
    if (character < " " || character === "\u007f") return false;
  }
  return path
    .split("/")
    .every(
      (part) => part !== "" && part !== "." && part !== ".." && !part.includes("\\") && !part.includes(":"),
    );
}

export function assertSafeRelativePath(path: string, code: RegistryErrorCode, where: string): void {
  if (!isSafeRelativePath(path)) {
    throw registryError(
      code,
      `${where} names the file ${JSON.stringify(path)}, which is not a path inside of it`,
      {
        file: path,
      },
    );
  }
}
