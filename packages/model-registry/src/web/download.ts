import { registryError } from "../errors.js";
import type { RequestSubject } from "../http-error.js";
import { printableUrl } from "../hub-url.js";
import type { Checksum } from "../listed-file.js";
import type { OnProgress } from "../progress.js";
import { type RetryPolicy, retryDelay, wait } from "../retry.js";
import { Cut, fetchIntoStore } from "./fetch-into-store.js";
import { PartStore } from "./part-store.js";

export interface DownloadRequest {
  readonly subject: RequestSubject;
  /** For events: what was asked for, and which of its files this is. */
  readonly name: string;
  readonly file: string;
  /** What the contents must hash to, and how many bytes they are, where that is known. */
  readonly checksum?: Checksum | undefined;
  readonly size?: number | undefined;
  /** Whether the address never stands for other contents: then what is stored is not asked after. */
  readonly immutable?: boolean | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly retry?: RetryPolicy | undefined;
}

/**
 * Downloads a file to the browser's storage, unless it is there. What was stored of it goes on, also after a reload.
 * Several tabs may ask at once: one of them downloads.
 * @throws DOWNLOAD_FAILED, DOWNLOAD_REFUSED, DOWNLOAD_CORRUPT, STORAGE_QUOTA, MODEL_…, or the signal's reason
 */
export async function download(request: DownloadRequest): Promise<Blob> {
  const { subject, signal } = request;
  const options = signal ? { signal } : {};
  return await navigator.locks.request(`sunstep ${subject.url}`, options, () => withRetries(request));
}

async function withRetries(request: DownloadRequest): Promise<Blob> {
  const { subject, signal, retry = { retries: 5, delay: 500 } } = request;
  const store = await PartStore.open(subject.url);
  let storedBytes = 0;
  for (let attempt = 0; ; attempt++) {
    try {
      return await fetchIntoStore(request, store);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof Cut)) throw error;
      const stored = await store?.about();
      const contents = await store?.contents();
      // Without a connection what is there serves, as in Node.
      if (contents && stored?.complete) return contents;
      if (attempt >= retry.retries) {
        const url = printableUrl(subject.url);
        throw registryError("DOWNLOAD_FAILED", `${url} could not be downloaded: ${error.message}`, {
          url,
          cause: error,
        });
      }
      await wait(retryDelay(retry, attempt, error.retryAfter, Date.now()), signal);
      // A try that brought something does not count.
      if (contents && contents.size > storedBytes) attempt = -1;
      storedBytes = contents?.size ?? 0;
    }
  }
}
