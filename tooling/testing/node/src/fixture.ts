import { fileURLToPath } from "node:url";

/** Absolute path of a file of the small share of the reference set that the repository keeps. */
export function fixture(path = ""): string {
  return fileURLToPath(new URL(`../../../reference/fixtures/${path}`, import.meta.url));
}
