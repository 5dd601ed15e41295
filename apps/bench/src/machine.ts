import { readFileSync } from "node:fs";
import { availableParallelism, cpus, platform, release, totalmem } from "node:os";

/** What the numbers were measured on. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? "unknown processor";
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `${availableParallelism()} cores of ${model}, ${gigabytes} GB, ${platform()} ${release()}, Node ${process.versions.node}`;
}

/** Highest resident memory this process ever had, in megabytes; mapped weights that were touched count. */
export function peakMemoryMb(): number {
  if (platform() === "linux") {
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    if (peak !== undefined) return Number(peak) / 1024;
  }
  return process.resourceUsage().maxRSS / 1024;
}
