import { blobTree } from "@sunstep/checkpoint";
import { defaultHubEndpoint, hubFileUrl } from "../hub-url.js";
import { inspectSafetensors } from "../inspect-header.js";
import type { HubReference } from "../model-reference.js";
import { selectFiles } from "../select-files.js";
import { splitSelection } from "../split-selection.js";
import { download } from "./download/download.js";
import { listRepository } from "./hub-api.js";
import type { WebModel, WebResolveOptions } from "./web-model.js";

/**
 * Downloads the files of a repository that a pipeline needs, at the commit that its revision is now. A pipeline's configs
 * come first: a model that is not supported is refused before its weights are downloaded.
 */
export async function hubFiles(
  reference: HubReference,
  name: string,
  options: WebResolveOptions,
): Promise<WebModel> {
  const { repository, path, revision = "main" } = reference;
  const { endpoint = defaultHubEndpoint, token, variant, component, signal, onProgress, retry } = options;
  const headers = token === undefined ? undefined : { authorization: `Bearer ${token}` };
  const { commit, files } = await listRepository({ endpoint, repository, revision, headers, signal });
  const selection = selectFiles([...files.keys()], repository, { path, variant, component });
  const stop = new AbortController();
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const fetchOne = async (file: string): Promise<readonly [file: string, blob: Blob]> => {
    const { size, checksum } = files.get(file)!;
    const url = hubFileUrl(endpoint, repository, commit, file);
    const blob = await download({
      subject: { url, hub: { endpoint, repository, revision } },
      name,
      file,
      size,
      checksum,
      immutable: true,
      headers,
      signal: either,
      onProgress,
      retry,
      inspect: file.endsWith(".safetensors") ? inspectSafetensors : undefined,
    });
    return [file, blob];
  };
  // If one fails, the others are stopped; the bytes they received are kept.
  const fetchAll = (paths: readonly string[]) =>
    Promise.all(paths.map(fetchOne)).catch((error: unknown) => {
      stop.abort();
      throw error;
    });
  const { first, weights, check } = splitSelection(selection);
  const blobs = await fetchAll(first);
  if (selection.kind === "file")
    return { kind: "file", name: selection.root.split("/").at(-1)!, blob: blobs[0]![1] };
  const prefix = selection.root === "" ? 0 : selection.root.length + 1;
  const inFolder = (fetched: typeof blobs) =>
    Object.fromEntries(fetched.map(([file, blob]) => [file.slice(prefix), blob]));
  if (weights.length === 0) return { kind: "folder", files: inFolder(blobs) };
  await check({ ...blobTree(inFolder(blobs)), name: repository });
  return { kind: "folder", files: inFolder([...blobs, ...(await fetchAll(weights))]) };
}
