import { fileURLToPath } from "node:url";

/** Returns the absolute path of a file of the repository's share of the reference set. */
export function fixture(path = ""): string {
  return fileURLToPath(new URL(`../../../reference/fixtures/${path}`, import.meta.url));
}
