export const defaultHubEndpoint = "https://huggingface.co";

const encodePath = (path: string) => path.split("/").map(encodeURIComponent).join("/");

/** Address of one file: it answers with the file, or with a redirect to the store that holds it. */
export function hubFileUrl(endpoint: string, repository: string, revision: string, file: string): string {
  return `${endpoint}/${repository}/resolve/${encodeURIComponent(revision)}/${encodePath(file)}`;
}

/** The page for people, where licences are accepted. */
export function hubPageUrl(endpoint: string, repository: string): string {
  return `${endpoint}/${repository}`;
}

/** Whether a URL's host can only be this machine. */
export function isLoopback(url: URL): boolean {
  return url.hostname === "localhost" || url.hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(url.hostname);
}

/** A URL for people and logs: query and credentials, which may hold secrets, are left out. */
export function printableUrl(url: string | URL): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
