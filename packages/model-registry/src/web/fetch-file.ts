import { registryError } from "../errors.js";
import { httpError } from "../http-error.js";
import { printableUrl } from "../hub-url.js";
import type { OnProgress } from "../progress.js";

export interface FetchOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
  /** The requested model and the path of this file, for events. */
  readonly name: string;
  readonly file: string;
}

/**
 * Fetches a file whole, as a Blob.
 * @throws DOWNLOAD_FAILED, MODEL_NOT_FOUND, DOWNLOAD_REFUSED, or the signal's reason
 */
export async function fetchFile(url: string, options: FetchOptions): Promise<Blob> {
  const blob = await fetchIfThere(url, options);
  if (blob) return blob;
  throw httpError(404, new Headers(), { url });
}

/** Fetches a file as `fetchFile` does; returns undefined if it does not exist. */
export async function fetchIfThere(
  url: string,
  { signal, onProgress = () => undefined, name, file }: FetchOptions,
): Promise<Blob | undefined> {
  // Bundlers inline small files as data: URLs, which a strict Content-Security-Policy does not let a page fetch.
  if (url.startsWith("data:")) return dataBlob(url);
  onProgress({ status: "initiate", name, file });
  const failed = (what: string) => (cause: unknown) => {
    signal?.throwIfAborted();
    throw registryError("DOWNLOAD_FAILED", `${printableUrl(url)} ${what}: ${String(cause)}`, {
      url: printableUrl(url),
      cause,
    });
  };
  const response = await fetch(url, { ...(signal && { signal }) }).catch(failed("could not be reached"));
  if (response.status === 404 || (response.ok && isPage(response))) return undefined;
  if (!response.ok) throw httpError(response.status, response.headers, { url });
  const total = bodyLength(response);
  onProgress({ status: "download", name, file, ...(total !== undefined && { total }) });
  const blob = await readBlob(response, (loaded) =>
    onProgress({ status: "progress", name, file, loaded, ...(total !== undefined && { total }) }),
  ).catch(failed("was cut off"));
  onProgress({ status: "done", name, file });
  return blob;
}

/** Asks whether a file exists, without its contents. */
export async function isThere(url: string, { signal }: Pick<FetchOptions, "signal">): Promise<boolean> {
  const response = await fetch(url, { method: "HEAD", ...(signal && { signal }) }).catch(() => undefined);
  signal?.throwIfAborted();
  return response?.ok === true && !isPage(response);
}

/** Servers of single-page apps answer with their page if a file does not exist. */
const isPage = ({ headers }: Response) => headers.get("content-type")?.startsWith("text/html") ?? false;

/** Returns the length of the body if the server tells it; for a compressed body the header gives another number. */
export function bodyLength({ headers }: Response): number | undefined {
  return headers.has("content-encoding") ? undefined : Number(headers.get("content-length")) || undefined;
}

function readBlob(response: Response, onLoaded: (bytes: number) => void): Promise<Blob> {
  let loaded = 0;
  const counter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      loaded += chunk.byteLength;
      onLoaded(loaded);
      controller.enqueue(chunk);
    },
  });
  return new Response(response.body?.pipeThrough(counter) ?? null).blob();
}

/** Decodes a data: URL (RFC 2397). */
function dataBlob(url: string): Blob {
  const [, type = "", base64, data = ""] = /^data:([^,]*?)(;base64)?,(.*)$/s.exec(url) ?? [];
  const bytes = base64
    ? Uint8Array.from(atob(decodeURIComponent(data)), (character) => character.charCodeAt(0))
    : new TextEncoder().encode(decodeURIComponent(data));
  return new Blob([bytes], { type });
}
