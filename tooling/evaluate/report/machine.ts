import { availableParallelism, cpus, platform, release, totalmem } from "node:os";

/** What the numbers were measured on. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? "unknown processor";
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `${availableParallelism()} cores of ${model}, ${gigabytes} GB, ${platform()} ${release()}, Node ${process.versions.node}`;
}
