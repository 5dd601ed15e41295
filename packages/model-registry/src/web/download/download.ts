import { registryError } from "../../errors.js";
import { printableUrl } from "../../hub-url.js";
import { retryDelay, wait } from "../../retry.js";
import type { DownloadRequest } from "./download-request.js";
import { Cut, fetchIntoStore } from "./fetch-into-store.js";
import { PartStore } from "./part-store.js";

/**
 * Downloads a file into the browser's storage unless it is there, and continues an unfinished one, also after a reload. If
 * several tabs ask at once, one of them downloads.
 * @throws DOWNLOAD_FAILED, DOWNLOAD_REFUSED, DOWNLOAD_CORRUPT, STORAGE_QUOTA, MODEL_…, or the signal's reason
 */
export async function download(request: DownloadRequest): Promise<Blob> {
  const { subject, signal } = request;
  // Pages served over plain http from another machine have neither locks nor storage.
  const { locks } = navigator as { readonly locks?: LockManager };
  if (!locks) return withRetries(request);
  const options = signal ? { signal } : {};
  return await locks.request(`sunstep ${subject.url}`, options, () => withRetries(request));
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
      // Without a connection the stored file serves, as in Node.
      if (contents && stored?.complete) return contents;
      if (attempt >= retry.retries) {
        const url = printableUrl(subject.url);
        throw registryError("DOWNLOAD_FAILED", `${url} could not be downloaded: ${error.message}`, {
          url,
          cause: error,
        });
      }
      await wait(retryDelay(retry, attempt, error.retryAfter, Date.now()), signal);
      // A try that brought bytes does not count.
      if (contents && contents.size > storedBytes) attempt = -1;
      storedBytes = contents?.size ?? 0;
    }
  }
}
