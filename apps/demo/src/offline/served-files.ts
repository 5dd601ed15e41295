// Maps requests to files of the site, and files to their keys in the cache.

/** A file of the built site. */
export interface ServedFile {
  /** Relative to the page: "assets/index-1a2b.js". */
  readonly path: string;
  /** Hash of the contents: an update fetches changed files only. */
  readonly hash: string;
  /** In bytes. */
  readonly size: number;
}

/** Files up to this size are stored at installation; larger ones at first use or on request. */
const largestShellFile = 1_000_000;

export const isShell = ({ size }: ServedFile): boolean => size <= largestShellFile;

/** False for the build of ONNX Runtime, tens of megabytes, that the device does not use. */
export function isNeeded({ path }: ServedFile, device: "webgpu" | "wasm"): boolean {
  if (!path.includes("ort-wasm")) return true;
  return path.includes("asyncify") === (device === "webgpu");
}

/** Returns a file's key in the cache. `scope`: the URL of the page's folder. */
export function keyOf({ path, hash }: ServedFile, scope: string): string {
  return new URL(`${path}?${hash}`, scope).href;
}

/** Finds the file of a URL; undefined if it is not part of the site. */
export function fileAt(url: string, scope: string, files: readonly ServedFile[]): ServedFile | undefined {
  const { origin, pathname } = new URL(url);
  const home = new URL(scope);
  if (origin !== home.origin || !pathname.startsWith(home.pathname)) return undefined;
  const path = decodeURIComponent(pathname.slice(home.pathname.length)) || "index.html";
  return files.find((file) => file.path === path);
}

/** Parses a Range header such as "bytes=10-19", both ends inclusive; undefined for none or for several ranges. */
export function rangeOf(header: string | null, size: number): { start: number; end: number } | undefined {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (from === undefined || to === undefined || (from === "" && to === "")) return undefined;
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === "" || to === "" ? size - 1 : Math.min(size - 1, Number(to));
  return start <= end ? { start, end } : undefined;
}
