import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { StageAnswer, StageFiles, StageNetwork, StageTask } from "./network-stage.js";

interface NetworkTimes {
  readonly loadMs: number;
  /** Milliseconds of each counted evaluation. */
  readonly times: number[];
  peakRssMb: number;
}

/**
 * Loads networks one after the other, then evaluates them A B A B …; the first round, which also computes what stays the
 * same from step to step, is not counted.
 */
export async function evaluateInTurn(
  files: StageFiles,
  networks: readonly StageNetwork[],
  runs: number,
): Promise<Partial<Record<StageNetwork, NetworkTimes>>> {
  const children = new Map<StageNetwork, ChildProcess>();
  const results: Partial<Record<StageNetwork, NetworkTimes>> = {};
  try {
    for (const network of networks) {
      console.log(`${network}${runs === 0 ? ", nothing prepared" : ""} …`);
      const child = fork(fileURLToPath(new URL("./network-stage.ts", import.meta.url)));
      children.set(network, child);
      const { milliseconds, peakRssMb } = await ask(child, { network, files } satisfies StageTask);
      results[network] = { loadMs: milliseconds, times: [], peakRssMb };
    }
    for (let round = 0; round <= runs && runs > 0; round++) {
      for (const [network, child] of children) {
        const { milliseconds, peakRssMb } = await ask(child, "evaluate");
        if (round > 0) results[network]!.times.push(milliseconds);
        results[network]!.peakRssMb = peakRssMb;
      }
    }
    return results;
  } finally {
    for (const child of children.values()) child.kill();
  }
}

function ask(child: ChildProcess, message: StageTask | "evaluate"): Promise<StageAnswer> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`a stage of a suite ended with code ${code}`));
    child.once("exit", ended);
    child.once("message", (answer) => {
      child.off("exit", ended);
      resolve(answer as StageAnswer);
    });
    child.send(message);
  });
}
