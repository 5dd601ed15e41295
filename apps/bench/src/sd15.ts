import { type ChildProcess, fork } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { summarise } from "./measure.js";
import { peakTreeMemoryMb } from "./process-tree.js";
import type { SuiteResult } from "./report.js";
import type { Sd15Answer, Sd15Files, Sd15Network, Sd15Task } from "./sd15-stage.js";
import { writeSyntheticCheckpoint } from "./synthetic-checkpoint.js";

export interface Sd15Options {
  readonly runs: number;
  /** Keeps the checkpoint and the prepared models here for the next bench; otherwise they are removed at the end. */
  readonly folder?: string;
}

/**
 * Measures a checkpoint of SD1.5's real size at 512×512. Each network has a process of its own; compared networks are
 * evaluated in turn. The first load prepares models, later loads find them in the cache.
 */
export async function measureSd15({ runs, folder }: Sd15Options): Promise<SuiteResult> {
  const place = folder ?? (await mkdtemp(join(tmpdir(), "sunstep-bench-sd15-")));
  try {
    const files: Sd15Files = { ...(await checkpointIn(place)), cache: join(place, "prepared") };
    await rm(files.cache, { recursive: true, force: true });
    // Preparation runs in child processes, which count.
    const { result: first, peakMb } = await peakTreeMemoryMb(process.pid, () =>
      evaluateInTurn(files, ["sunUnet"], 0),
    );
    const unets = await evaluateInTurn(files, ["sunUnet", "unet"], runs);
    const decoders = await evaluateInTurn(files, ["vaeDecoder", "taesdDecoder"], runs);
    const peaks = [first, unets, decoders].flatMap((networks) =>
      Object.values(networks).map(({ peakRssMb }) => peakRssMb),
    );
    const [unet, sunUnet] = [summarise(unets.unet!.times), summarise(unets.sunUnet!.times)];
    return {
      firstLoadMs: first.sunUnet!.loadMs,
      cachedLoadMs: unets.sunUnet!.loadMs,
      unet,
      sunUnet,
      sunOverPlain: sunUnet.medianMs / unet.medianMs,
      vaeDecodeMs: summarise(decoders.vaeDecoder!.times).medianMs,
      taesdDecodeMs: summarise(decoders.taesdDecoder!.times).medianMs,
      peakRssMb: Math.max(peakMb, ...peaks),
    };
  } finally {
    if (folder === undefined) await rm(place, { recursive: true });
  }
}

async function checkpointIn(folder: string) {
  const done = join(folder, "sun_adapter_sdv15_4step_addpos.safetensors");
  if (existsSync(done)) return { model: join(folder, "sd15"), taesd: join(folder, "taesd"), sun: done };
  console.log("Writing a checkpoint of SD1.5's size with random weights …");
  return writeSyntheticCheckpoint(folder);
}

interface NetworkTimes {
  readonly loadMs: number;
  /** Milliseconds of each counted evaluation. */
  readonly times: number[];
  peakRssMb: number;
}

/** Loads networks one after the other, then evaluates them A B A B …; the first round is not counted. */
async function evaluateInTurn(
  files: Sd15Files,
  networks: readonly Sd15Network[],
  runs: number,
): Promise<Partial<Record<Sd15Network, NetworkTimes>>> {
  const children = new Map<Sd15Network, ChildProcess>();
  const results: Partial<Record<Sd15Network, NetworkTimes>> = {};
  try {
    for (const network of networks) {
      console.log(`sd15: ${network}${runs === 0 ? ", nothing prepared" : ""} …`);
      const child = fork(fileURLToPath(new URL("./sd15-stage.ts", import.meta.url)));
      children.set(network, child);
      const { milliseconds, peakRssMb } = await ask(child, { network, files } satisfies Sd15Task);
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

function ask(child: ChildProcess, message: Sd15Task | "evaluate"): Promise<Sd15Answer> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) =>
      reject(new Error(`a stage of the sd15 suite ended with code ${code}`));
    child.once("exit", ended);
    child.once("message", (answer) => {
      child.off("exit", ended);
      resolve(answer as Sd15Answer);
    });
    child.send(message);
  });
}
