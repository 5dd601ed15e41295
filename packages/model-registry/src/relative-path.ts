/**
 * Tells whether `path`, from a server's listing or a user, stays inside the folder that it is joined to, on POSIX and on
 * Windows: no "..", no empty or "." segment, no root, drive, UNC prefix, or control character.
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
