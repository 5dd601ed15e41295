import type { DownloadEvent } from "sunstep";

/** Adds up the progress of several downloads; the total is undefined until the sizes of all begun files are known. */
export function sumOfFiles(report: (loaded: number, total: number | undefined) => void) {
  const files = new Map<string, { loaded: number; total: number | undefined }>();
  return (event: DownloadEvent): void => {
    if (event.status !== "download" && event.status !== "progress") return;
    const { file, total } = event;
    files.set(file, { loaded: event.status === "progress" ? event.loaded : 0, total });
    const all = [...files.values()];
    const known = all.every((one) => one.total !== undefined);
    report(
      all.reduce((sum, one) => sum + one.loaded, 0),
      known ? all.reduce((sum, one) => sum + (one.total ?? 0), 0) : undefined,
    );
  };
}
