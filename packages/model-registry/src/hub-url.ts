export const defaultHubEndpoint = "https://huggingface.co";

const encodePath = (path: string) => path.split("/").map(encodeURIComponent).join("/");

/** Returns the URL of one file, which answers with the file or redirects to the store that holds it. */
export function hubFileUrl(endpoint: string, repository: string, revision: string, file: string): string {
  return `${endpoint}/${repository}/resolve/${encodeURIComponent(revision)}/${encodePath(file)}`;
}

/** Returns the URL of a repository's page, where users accept licences. */
export function hubPageUrl(endpoint: string, repository: string): string {
  return `${endpoint}/${repository}`;
}

/** Tells whether a URL's host can only be this machine. */
export function isLoopback(url: URL): boolean {
  return url.hostname === "localhost" || url.hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(url.hostname);
}

/** Returns a URL for messages and logs, without query and credentials, which may hold secrets. */
export function printableUrl(url: string | URL): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
