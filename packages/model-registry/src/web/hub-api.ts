// The two questions that the hub's API is asked (https://huggingface.co/docs/hub/api), without @huggingface/hub: its
// code for browsers weighs 270 kB, most of it for uploads.

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

/** The commit that a revision is now, and all its files. One bad name refuses the whole listing. */
export async function listRepository(
  request: HubRequest,
): Promise<{ readonly commit: string; readonly files: ReadonlyMap<string, ListedFile> }> {
  const api = `${request.endpoint}/api/models/${request.repository}`;
  const { body } = await ask(request, `${api}/revision/${encodeURIComponent(request.revision)}`);
  const sha = (body as { readonly sha?: unknown } | null)?.sha;
  if (typeof sha !== "string" || !isCommit(sha)) throw malformed(request, "it names no commit");
  const files = new Map<string, ListedFile>();
  for (let url: string | undefined = `${api}/tree/${sha}?recursive=true`; url !== undefined; ) {
    const page = await ask(request, url);
    if (!Array.isArray(page.body)) throw malformed(request, "it lists no files");
    for (const entry of page.body as readonly Entry[]) {
      if (entry?.type === "directory") continue;
      const { path, size, oid, lfs } = entry ?? {};
      const file = listedFile(path, lfs?.size ?? size, oid, lfs?.oid);
      if (!file) throw malformed(request, "it lists a file with an unsafe name, no size or no hash");
      files.set(file.path, file);
    }
    if (files.size > mostFiles) throw malformed(request, `it lists more than ${mostFiles} files`);
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
  // Anything else might be sent the token.
  if (next !== undefined && (!URL.canParse(next) || new URL(next).origin !== new URL(endpoint).origin))
    throw malformed(request, "its listing goes on elsewhere");
  const body: unknown = await response.json().catch(() => {
    signal?.throwIfAborted();
    throw malformed(request, "it is not JSON");
  });
  return { body, next };
}

function malformed({ endpoint, repository }: HubRequest, reason: string) {
  return registryError(
    "HUB_RESPONSE_INVALID",
    `the answer of ${endpoint} about ${repository} was refused: ${reason}`,
    { endpoint, model: repository },
  );
}
