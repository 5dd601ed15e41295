// Queries the hub's API through @huggingface/hub, over this package's transport.

import { listFiles, modelInfo } from "@huggingface/hub";
import { registryError } from "../../errors.js";
import { isCommit, type ListedFile, listedFile } from "../../listed-file.js";
import type { HubReference } from "../../model-reference.js";
import { TransientError, withRetries } from "../download/retries.js";
import type { Transport } from "../download/transport.js";
import type { Settings } from "../options.js";

const largestAnswer = 64 << 20;
const mostFiles = 20_000;

/** Fetches the commit that a revision points to. */
export async function fetchCommit(
  settings: Settings,
  transport: Transport,
  reference: HubReference,
  revision: string,
): Promise<string> {
  const { sha } = await modelInfo({
    name: reference.repository,
    revision,
    additionalFields: ["sha"],
    hubUrl: settings.endpoint,
    fetch: hubFetch(settings, transport, reference.repository, revision),
  });
  if (typeof sha === "string" && isCommit(sha)) return sha;
  throw malformed(settings, reference.repository, "the response names no commit");
}

export interface Tree {
  readonly files: ListedFile[];
  /** The entries in the form in which Python caches them. */
  readonly raw: Record<string, object>;
}

/** Fetches all files of a commit with their sizes and hashes. One unsafe name rejects the whole listing. */
export async function fetchTree(settings: Settings, repository: string, commit: string): Promise<Tree> {
  const files: ListedFile[] = [];
  const raw: Record<string, object> = {};
  const listing = listFiles({
    repo: { type: "model", name: repository },
    recursive: true,
    revision: commit,
    hubUrl: settings.endpoint,
    fetch: hubFetch(settings, settings.transport, repository, commit),
  });
  for await (const { type, path, size, oid, lfs, xetHash } of listing) {
    if (type === "directory") continue;
    const file = listedFile(path, lfs?.size ?? size, oid, lfs?.oid);
    if (file === undefined) {
      throw malformed(
        settings,
        repository,
        `the response lists the file ${JSON.stringify(path)?.slice(0, 200)} with an unsafe name, no size or no hash`,
      );
    }
    if (files.push(file) > mostFiles)
      throw malformed(settings, repository, `the response lists more than ${mostFiles} files`);
    raw[path] = {
      size,
      blob_id: oid,
      ...(lfs === undefined ? {} : { lfs_sha256: lfs.oid, lfs_size: lfs.size }),
      ...(xetHash === undefined ? {} : { xet_hash: xetHash }),
    };
  }
  return { files, raw };
}

/** Returns a `fetch` for @huggingface/hub that reads responses whole, limits their size, and repeats cut connections. */
function hubFetch(
  settings: Settings,
  transport: Transport,
  repository: string,
  revision: string,
): typeof fetch {
  const { endpoint } = settings;
  return (input) => {
    const url = input instanceof Request ? input.url : String(input);
    const subject = { url, hub: { endpoint, repository, revision } };
    return withRetries(transport.options, url, () => readAnswer(transport, settings, repository, subject));
  };
}

async function readAnswer(
  transport: Transport,
  settings: Settings,
  repository: string,
  subject: Parameters<Transport["open"]>[0],
): Promise<Response> {
  const { headers, body } = await transport.open(subject, { accept: "application/json" });
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > largestAnswer)
      throw malformed(settings, repository, `the response is longer than ${largestAnswer} bytes`);
  }
  const declared = headers.get("content-length");
  if (declared !== null && !headers.has("content-encoding") && size < Number(declared)) {
    throw new TransientError("the response was cut off");
  }
  const text = Buffer.concat(chunks);
  try {
    JSON.parse(text.toString("utf8"));
  } catch {
    throw malformed(settings, repository, "the response is not JSON");
  }
  const link = headers.get("link");
  return new Response(text, {
    headers: { "content-type": "application/json", ...(link === null ? {} : { link }) },
  });
}

function malformed({ endpoint }: Settings, repository: string, reason: string) {
  return registryError(
    "HUB_RESPONSE_INVALID",
    `a response of ${endpoint} about ${repository} was rejected: ${reason}`,
    {
      endpoint,
      model: repository,
    },
  );
}
