import { type FetchOptions, fetchFile } from "./fetch-file.js";

/** Fetches files of known addresses; returns them by their paths. */
export async function fetchFiles(
  name: string,
  urls: Readonly<Record<string, URL>>,
  options: Pick<FetchOptions, "signal" | "onProgress">,
): Promise<Record<string, Blob>> {
  const fetched = Object.entries(urls).map(
    async ([file, url]) => [file, await fetchFile(url.href, { ...options, name, file })] as const,
  );
  return Object.fromEntries(await Promise.all(fetched));
}
