import { readFileSync } from "node:fs";
import { availableParallelism, cpus, platform, release, totalmem } from "node:os";

/** Describes the machine of a measurement. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? "unknown processor";
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `${availableParallelism()} cores of ${model}, ${gigabytes} GB, ${platform()} ${release()}, Node ${process.versions.node}`;
}

/** Returns the peak resident memory of this process in megabytes, including touched pages of mapped weights. */
export function peakMemoryMb(): number {
  if (platform() === "linux") {
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    if (peak !== undefined) return Number(peak) / 1024;
  }
  return process.resourceUsage().maxRSS / 1024;
}
