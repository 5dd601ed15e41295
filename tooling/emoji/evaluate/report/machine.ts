import { availableParallelism, cpus, platform, totalmem } from "node:os";

/** Describes the machine of a measurement. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? "unknown processor";
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `${availableParallelism()} cores of ${model}, ${gigabytes} GB, ${platform()}, Node ${process.versions.node}`;
}
