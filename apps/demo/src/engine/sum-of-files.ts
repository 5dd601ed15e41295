import type { DownloadEvent } from "sunstep";

/**
 * Adds up the progress of several downloads. `expected`: bytes of all files, where they are known; otherwise the total is
 * undefined until the sizes of all begun files are known.
 */
export function sumOfFiles(report: (loaded: number, total: number | undefined) => void, expected?: number) {
  const files = new Map<string, { loaded: number; total: number | undefined }>();
  return (event: DownloadEvent): void => {
    if (event.status !== "download" && event.status !== "progress") return;
    const { file, total } = event;
    files.set(file, { loaded: event.status === "progress" ? event.loaded : 0, total });
    const all = [...files.values()];
    const known = all.every((one) => one.total !== undefined);
    const sum = (key: "loaded" | "total") => all.reduce((bytes, one) => bytes + (one[key] ?? 0), 0);
    report(sum("loaded"), expected ?? (known ? sum("total") : undefined));
  };
}
