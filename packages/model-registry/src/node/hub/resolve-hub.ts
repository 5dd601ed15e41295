import { join } from "node:path";
import { folderTree } from "@sunstep/checkpoint/node";
import { SunstepError } from "@sunstep/errors";
import { registryError } from "../../errors.js";
import { isCommit, type ListedFile } from "../../listed-file.js";
import type { HubReference } from "../../model-reference.js";
import { type SelectOptions, selectFiles } from "../../select-files.js";
import { splitSelection } from "../../split-selection.js";
import { impatient } from "../download/transport.js";
import type { Settings } from "../options.js";
import type { ResolvedModel } from "../resolved-model.js";
import { bringFiles } from "./bring-files.js";
import { fetchCommit, fetchTree } from "./hub-api.js";
import { readTree, repositoryCache, snapshotFolder, writeRef, writeTree } from "./hub-cache.js";
import { resolveCached } from "./resolve-cached.js";
import { resolvedSnapshot, type Snapshot } from "./snapshot.js";

/**
 * Brings the files of a hub repository that a pipeline needs into the cache that is shared with Python. A pipeline's
 * configs come first: a model that is not supported is refused before its weights are downloaded.
 */
export async function resolveHub(
  settings: Settings,
  reference: HubReference,
  name: string,
  { variant, component }: Pick<SelectOptions, "variant" | "component">,
): Promise<ResolvedModel> {
  const options = { path: reference.path, variant, component };
  const revision = reference.revision ?? "main";
  const cache = repositoryCache(settings.hubCache, reference.repository);
  const cached = await resolveCached({ reference, revision, cache }, options);
  if (cached !== undefined && (settings.offline || isCommit(revision))) return cached;
  if (settings.offline) throw notCached(settings, reference, revision);
  let commit: string;
  try {
    const transport = cached === undefined ? settings.transport : impatient(settings.transport);
    commit = isCommit(revision) ? revision : await fetchCommit(settings, transport, reference, revision);
  } catch (error) {
    // Without a connection the last known commit serves, as in Python; at once, if all its files are here.
    if (cached === undefined || !SunstepError.isInstance(error, "DOWNLOAD_FAILED")) throw error;
    return cached;
  }
  const snapshot = { reference, revision, commit, cache };
  const files = await listCommit(settings, snapshot);
  const selection = selectFiles(
    files.map((file) => file.path),
    reference.repository,
    options,
  );
  const chosen = files.filter((file) => selection.files.includes(file.path));
  await ignoringReadOnlyCache(writeRef(cache, revision, commit));
  const { first, weights, check } = splitSelection(selection);
  const bring = (paths: readonly string[]) =>
    bringFiles(
      settings,
      snapshot,
      name,
      chosen.filter((file) => paths.includes(file.path)),
    );
  await bring(first);
  if (weights.length > 0) {
    const folder = folderTree(join(snapshotFolder(cache, commit), selection.root));
    await check({ ...folder, name: reference.repository });
    await bring(weights);
  }
  return resolvedSnapshot(snapshot, selection, new Map(chosen.map((file) => [file.path, file.size])));
}

async function listCommit(settings: Settings, { reference, commit, cache }: Snapshot): Promise<ListedFile[]> {
  const kept = await readTree(cache, commit);
  if (kept !== undefined) return kept;
  const { files, raw } = await fetchTree(settings, reference.repository, commit);
  await ignoringReadOnlyCache(writeTree(cache, commit, raw));
  return files;
}

/** Tolerates a read-only cache: references and listings only save requests. */
async function ignoringReadOnlyCache(write: Promise<void>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!SunstepError.isInstance(error, "FILE_NOT_WRITABLE")) throw error;
  }
}

function notCached(settings: Settings, { repository, path }: HubReference, revision: string) {
  const what = path === undefined ? repository : `${repository}:${path}`;
  return registryError(
    "MODEL_NOT_CACHED",
    `${what} (revision "${revision}") is not, or not completely, in ${settings.hubCache}, and the network is off (offline option, HF_HUB_OFFLINE). Run once with the network on`,
    { model: repository, revision, cache: settings.hubCache },
  );
}
