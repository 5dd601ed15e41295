import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The files of a folder by path, to be changed and put into a `blobTree`. */
export function filesOf(folder: string): Record<string, Blob> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    paths.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length + 1), new Blob([readFileSync(path)])];
    }),
  );
}

export const textFile = (value: unknown) => new Blob([JSON.stringify(value)]);
