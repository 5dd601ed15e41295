import { join, relative } from "node:path";
import type { HubReference } from "../../model-reference.js";
import type { FileSelection } from "../../select-files.js";
import type { ResolvedModel } from "../resolved-model.js";
import { type RepositoryCache, snapshotFolder } from "./hub-cache.js";

/** One commit of a repository, in the cache. */
export interface Snapshot {
  readonly reference: HubReference;
  readonly revision: string;
  readonly commit: string;
  readonly cache: RepositoryCache;
}

/** Describes the selected files of a snapshot, whose sizes are given by path. */
export function resolvedSnapshot(
  { reference, revision, commit, cache }: Snapshot,
  { kind, root, files }: FileSelection,
  sizes: ReadonlyMap<string, number>,
): ResolvedModel {
  const snapshot = snapshotFolder(cache, commit);
  const path = join(snapshot, root);
  return {
    kind,
    path,
    files: files.map((file) => {
      const absolutePath = join(snapshot, file);
      const inside = kind === "file" ? file.slice(file.lastIndexOf("/") + 1) : relative(path, absolutePath);
      return { path: inside.replaceAll("\\", "/"), absolutePath, size: sizes.get(file)! };
    }),
    origin: { type: "hub", repository: reference.repository, revision, commit },
  };
}
