import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

const CPUS = "/sys/devices/system/cpu";

/** Returns the number of physical cores that this process may use; undefined on systems other than Linux. */
export function physicalCores(): number | undefined {
  try {
    const siblings = readdirSync(CPUS)
      .filter((name) => /^cpu\d+$/.test(name))
      .map((name) => readFileSync(`${CPUS}/${name}/topology/thread_siblings_list`, "utf8"));
    return siblings.length > 0 ? Math.min(new Set(siblings).size, availableParallelism()) : undefined;
  } catch {
    return undefined;
  }
}
