import { defaultHubEndpoint, hubFileUrl } from "../hub-url.js";
import type { HubReference } from "../model-reference.js";
import { selectFiles } from "../select-files.js";
import { download } from "./download/download.js";
import { listRepository } from "./hub-api.js";
import type { WebModel, WebResolveOptions } from "./web-model.js";

/** The files that a pipeline needs of a repository, downloaded at the commit that its revision is now. */
export async function hubFiles(
  reference: HubReference,
  name: string,
  options: WebResolveOptions,
): Promise<WebModel> {
  const { repository, path, revision = "main" } = reference;
  const { endpoint = defaultHubEndpoint, token, variant, signal, onProgress, retry } = options;
  const headers = token === undefined ? undefined : { authorization: `Bearer ${token}` };
  const { commit, files } = await listRepository({ endpoint, repository, revision, headers, signal });
  const selection = selectFiles([...files.keys()], repository, { path, variant });
  const stop = new AbortController();
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const fetched = selection.files.map(async (file) => {
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
    });
    return [file, blob] as const;
  });
  // When one fails the others need not go on; what came of them is kept.
  const blobs = await Promise.all(fetched).catch((error: unknown) => {
    stop.abort();
    throw error;
  });
  if (selection.kind === "file")
    return { kind: "file", name: selection.root.split("/").at(-1)!, blob: blobs[0]![1] };
  const prefix = selection.root === "" ? 0 : selection.root.length + 1;
  return {
    kind: "folder",
    files: Object.fromEntries(blobs.map(([file, blob]) => [file.slice(prefix), blob])),
  };
}
