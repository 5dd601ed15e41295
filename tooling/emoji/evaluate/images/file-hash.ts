import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";

/** Returns the SHA-256 of a file's contents. */
export async function fileHash(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}

/**
 * Returns the SHA-256 over a model in diffusers' layout: names and contents of the files in the folders that model_index.json
 * names. Other files do not affect images.
 */
export async function modelHash(folder: string): Promise<string> {
  const parts: unknown = JSON.parse(await readFile(join(folder, "model_index.json"), "utf8"));
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .filter((name) => name.includes("/") && Object.hasOwn(parts as object, name.split("/")[0]!))
    .sort();
  const hash = createHash("sha256");
  for (const file of files) hash.update(`${file} ${await fileHash(join(folder, file))}\n`);
  return hash.digest("hex");
}
