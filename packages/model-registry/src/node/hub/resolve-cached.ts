import { diffusersLayout, isGraphFolder } from "@sunstep/checkpoint";
import { type FileSelection, type SelectOptions, selectFiles } from "../../select-files.js";
import { listFolder } from "../disk/local-files.js";
import type { ResolvedModel } from "../resolved-model.js";
import { readRef, readTree, snapshotFolder } from "./hub-cache.js";
import { resolvedSnapshot, type Snapshot } from "./snapshot.js";

/** Returns the model if the cache holds all its files; never asks the network. */
export async function resolveCached(
  { reference, revision, cache }: Omit<Snapshot, "commit">,
  options: SelectOptions,
): Promise<ResolvedModel | undefined> {
  const commit = await readRef(cache, revision);
  if (commit === undefined) return undefined;
  const present = await listFolder(snapshotFolder(cache, commit));
  if (present.size === 0) return undefined;
  const tree = await readTree(cache, commit);
  try {
    const paths = tree?.map((file) => file.path) ?? [...present.keys()];
    const selection = selectFiles(paths, reference.repository, options);
    const sizes = new Map(tree?.map((file) => [file.path, file.size]) ?? present);
    const complete =
      selection.files.every((file) => present.get(file) === sizes.get(file)) &&
      (tree !== undefined || looksComplete(selection));
    return complete ? resolvedSnapshot({ reference, revision, commit, cache }, selection, sizes) : undefined;
  } catch (error) {
    // Only a listing proves that a file does not exist; a partly filled folder does not.
    if (tree === undefined) return undefined;
    throw error;
  }
}

/** Checks that the weights of every required network are present, for caches without a listing (older Python versions). */
function looksComplete({ kind, root, files }: FileSelection): boolean {
  const prefix = root === "" ? "" : `${root}/`;
  if (kind === "file") return true;
  // Selected with all required graphs.
  if (isGraphFolder(files.map((file) => file.slice(prefix.length)))) return true;
  const hasWeights = (folder: string) =>
    files.some((file) => file.startsWith(`${prefix}${folder}`) && file.endsWith(".safetensors"));
  if (!files.includes(prefix + diffusersLayout.index)) return hasWeights("");
  return Object.entries(diffusersLayout.networks).every(
    ([folder, { required }]) => !required || hasWeights(`${folder}/`),
  );
}
