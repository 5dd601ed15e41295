import { readdirSync, readFileSync } from "node:fs";

/** Shortest pause between two samples of memory, in milliseconds. */
const PAUSE = 100;

/** Pause as a multiple of the time that the last sample took: the task may run in this thread. */
const PAUSE_FACTOR = 9;

/**
 * Highest memory of a process and all its descendants together while `task` runs, in megabytes: proportional set
 * sizes, so that shared pages count once. 0 where the system has no /proc.
 */
export async function peakTreeMemoryMb<T>(
  root: number,
  task: () => Promise<T>,
): Promise<{ result: T; peakMb: number }> {
  let peakMb = 0;
  let timer: NodeJS.Timeout;
  const sample = () => {
    const begin = performance.now();
    peakMb = Math.max(peakMb, treeMemoryMb(root));
    timer = setTimeout(sample, Math.max(PAUSE, PAUSE_FACTOR * (performance.now() - begin)));
  };
  timer = setTimeout(sample, PAUSE);
  try {
    const result = await task();
    return { result, peakMb };
  } finally {
    clearTimeout(timer);
  }
}

function treeMemoryMb(root: number): number {
  const parents = new Map(processes().map((pid) => [pid, parentOf(pid)]));
  const belongs = (pid: number | undefined): boolean =>
    pid === root || (pid !== undefined && pid > 1 && belongs(parents.get(pid)));
  return [...parents.keys()].filter(belongs).reduce((total, pid) => total + proportionalMb(pid), 0);
}

function processes(): number[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function parentOf(pid: number): number | undefined {
  const parent = /^PPid:\s+(\d+)/m.exec(readOrEmpty(`/proc/${pid}/status`))?.[1];
  return parent === undefined ? undefined : Number(parent);
}

function proportionalMb(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(readOrEmpty(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1024;
}

/** Returns 0 for a process that ended between listing and reading. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
