// Which file of the site a request means, and under which name it is kept.

/** A file of the built site. */
export interface ServedFile {
  /** Relative to the page: "assets/index-1a2b.js". */
  readonly path: string;
  /** Of its bytes: a file that did not change is not fetched again after an update. */
  readonly hash: string;
  /** In bytes. */
  readonly size: number;
}

/** What is kept before the page counts as installed; the rest is kept when it is first used, or asked for. */
const largestShellFile = 1_000_000;

export const isShell = ({ size }: ServedFile): boolean => size <= largestShellFile;

/** ONNX Runtime comes in two builds, of which a page uses one: tens of megabytes need not be kept for nothing. */
export function isNeeded({ path }: ServedFile, device: "webgpu" | "wasm"): boolean {
  if (!path.includes("ort-wasm")) return true;
  return path.includes("asyncify") === (device === "webgpu");
}

/** `scope`: address of the page's folder. */
export function keyOf({ path, hash }: ServedFile, scope: string): string {
  return new URL(`${path}?${hash}`, scope).href;
}

/** Undefined for what is not the site's. */
export function fileAt(url: string, scope: string, files: readonly ServedFile[]): ServedFile | undefined {
  const { origin, pathname } = new URL(url);
  const home = new URL(scope);
  if (origin !== home.origin || !pathname.startsWith(home.pathname)) return undefined;
  const path = decodeURIComponent(pathname.slice(home.pathname.length)) || "index.html";
  return files.find((file) => file.path === path);
}

/** First and last byte of "bytes=10-19"; undefined where all is asked for, or more than one part. */
export function rangeOf(header: string | null, size: number): { start: number; end: number } | undefined {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (from === undefined || to === undefined || (from === "" && to === "")) return undefined;
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === "" || to === "" ? size - 1 : Math.min(size - 1, Number(to));
  return start <= end ? { start, end } : undefined;
}
