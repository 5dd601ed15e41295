// The two queries of the hub's API (https://huggingface.co/docs/hub/api), without @huggingface/hub, whose browser code
// has 270 kB, most of them for uploads.

import { registryError } from "../errors.js";
import { httpError } from "../http-error.js";
import { isCommit, type ListedFile, listedFile } from "../listed-file.js";

export interface HubRequest {
  readonly endpoint: string;
  readonly repository: string;
  readonly revision: string;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly signal: AbortSignal | undefined;
}

const mostFiles = 20_000;

/** Fetches the commit that a revision points to, and its files. One unsafe name rejects the whole listing. */
export async function listRepository(
  request: HubRequest,
): Promise<{ readonly commit: string; readonly files: ReadonlyMap<string, ListedFile> }> {
  const api = `${request.endpoint}/api/models/${request.repository}`;
  const { body } = await ask(request, `${api}/revision/${encodeURIComponent(request.revision)}`);
  const sha = (body as { readonly sha?: unknown } | null)?.sha;
  if (typeof sha !== "string" || !isCommit(sha)) throw malformed(request, "the response names no commit");
  const files = new Map<string, ListedFile>();
  for (let url: string | undefined = `${api}/tree/${sha}?recursive=true`; url !== undefined; ) {
    const page = await ask(request, url);
    if (!Array.isArray(page.body)) throw malformed(request, "the response lists no files");
    for (const entry of page.body as readonly Entry[]) {
      if (entry?.type === "directory") continue;
      const { path, size, oid, lfs } = entry ?? {};
      const file = listedFile(path, lfs?.size ?? size, oid, lfs?.oid);
      if (!file)
        throw malformed(request, "the response lists a file with an unsafe name, no size or no hash");
      files.set(file.path, file);
    }
    if (files.size > mostFiles) throw malformed(request, `the response lists more than ${mostFiles} files`);
    url = page.next;
  }
  return { commit: sha, files };
}

interface Entry {
  readonly type?: unknown;
  readonly path?: unknown;
  readonly size?: unknown;
  readonly oid?: unknown;
  readonly lfs?: { readonly oid?: unknown; readonly size?: unknown };
}

async function ask(request: HubRequest, url: string): Promise<{ body: unknown; next: string | undefined }> {
  const { endpoint, repository, revision, headers, signal } = request;
  let response: Response;
  try {
    response = await fetch(url, { ...(headers && { headers }), ...(signal && { signal }) });
  } catch (cause) {
    signal?.throwIfAborted();
    throw registryError("DOWNLOAD_FAILED", `${endpoint} could not be reached: ${String(cause)}`, {
      url,
      cause,
    });
  }
  if (!response.ok)
    throw httpError(response.status, response.headers, { url, hub: { endpoint, repository, revision } });
  const next = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get("link") ?? "")?.[1];
  // Another origin must not receive the token.
  if (next !== undefined && (!URL.canParse(next) || new URL(next).origin !== new URL(endpoint).origin))
    throw malformed(request, "its next page is on another origin");
  const body: unknown = await response.json().catch(() => {
    signal?.throwIfAborted();
    throw malformed(request, "the response is not JSON");
  });
  return { body, next };
}

function malformed({ endpoint, repository }: HubRequest, reason: string) {
  return registryError(
    "HUB_RESPONSE_INVALID",
    `a response of ${endpoint} about ${repository} was rejected: ${reason}`,
    { endpoint, model: repository },
  );
}
