// Files of a hub repository: what there is, by the hub's API through @huggingface/hub, which is only loaded for this.

import { registryError } from "../errors.js";
import { httpError } from "../http-error.js";
import { defaultHubEndpoint, hubFileUrl } from "../hub-url.js";
import { isCommit, type ListedFile, listedFile } from "../listed-file.js";
import type { HubReference } from "../model-reference.js";
import { selectFiles } from "../select-files.js";
import { download } from "./download.js";
import type { WebModel, WebResolveOptions } from "./resolve-web-model.js";

/** The files that a pipeline needs of a repository, downloaded at the commit that its revision is now. */
export async function hubFiles(
  reference: HubReference,
  name: string,
  options: WebResolveOptions,
): Promise<WebModel> {
  const { repository, path, revision = "main" } = reference;
  const { endpoint = defaultHubEndpoint, token, variant, signal, onProgress, retry } = options;
  const { commit, files } = await listRepository(endpoint, repository, revision, options);
  const selection = selectFiles([...files.keys()], repository, { path, variant });
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
      headers: token === undefined ? undefined : { authorization: `Bearer ${token}` },
      signal,
      onProgress,
      retry,
    });
    return [file, blob] as const;
  });
  const blobs = await Promise.all(fetched);
  if (selection.kind === "file")
    return { kind: "file", name: selection.root.split("/").at(-1)!, blob: blobs[0]![1] };
  const prefix = selection.root === "" ? 0 : selection.root.length + 1;
  return {
    kind: "folder",
    files: Object.fromEntries(blobs.map(([file, blob]) => [file.slice(prefix), blob])),
  };
}

async function listRepository(
  endpoint: string,
  repository: string,
  revision: string,
  { token, signal }: WebResolveOptions,
): Promise<{ commit: string; files: ReadonlyMap<string, ListedFile> }> {
  const { listFiles, modelInfo } = await import("@huggingface/hub");
  const access = {
    hubUrl: endpoint,
    fetch: withSignal(signal),
    ...(token !== undefined && { accessToken: token }),
  };
  try {
    const { sha } = await modelInfo({ name: repository, revision, additionalFields: ["sha"], ...access });
    if (typeof sha !== "string" || !isCommit(sha))
      throw malformed(endpoint, repository, "it names no commit");
    const files = new Map<string, ListedFile>();
    const repo = { type: "model", name: repository } as const;
    for await (const entry of listFiles({ repo, recursive: true, revision: sha, ...access })) {
      if (entry.type === "directory") continue;
      const { path, size, oid, lfs } = entry;
      const file = listedFile(path, lfs?.size ?? size, oid, lfs?.oid);
      if (!file)
        throw malformed(endpoint, repository, "it lists a file with an unsafe name, no size or no hash");
      files.set(path, file);
    }
    return { commit: sha, files };
  } catch (cause) {
    signal?.throwIfAborted();
    throw hubError(cause, endpoint, repository, revision);
  }
}

const withSignal =
  (signal: AbortSignal | undefined): typeof fetch =>
  (input, init) =>
    fetch(input, { ...init, ...(signal && { signal }) });

/** An error of the hub's API, or of the connection to it, as ours. */
function hubError(cause: unknown, endpoint: string, repository: string, revision: string): unknown {
  const { statusCode } = cause as { readonly statusCode?: number };
  const url = `${endpoint}/api/models/${repository}`;
  if (statusCode !== undefined)
    return httpError(statusCode, new Headers(), { url, hub: { endpoint, repository, revision } });
  if (!(cause instanceof TypeError)) return cause;
  return registryError("DOWNLOAD_FAILED", `${endpoint} could not be reached: ${cause.message}`, {
    url,
    cause,
  });
}

function malformed(endpoint: string, repository: string, reason: string) {
  return registryError(
    "HUB_RESPONSE_INVALID",
    `the answer of ${endpoint} about ${repository} was refused: ${reason}`,
    { endpoint, model: repository },
  );
}
