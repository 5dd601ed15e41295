import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SuiteResult } from "./report.js";
import type { Sd15Files, Sd15Stage } from "./sd15-stage.js";
import { writeSyntheticCheckpoint } from "./synthetic-checkpoint.js";

export interface Sd15Options {
  readonly runs: number;
  /** Keeps the checkpoint and the prepared models here for the next bench; otherwise they are removed at the end. */
  readonly folder?: string;
}

/**
 * A checkpoint of SD1.5's real size: each stage in a process of its own, so that loads are cold for the process and
 * peaks of memory are its own. The first one prepares, the second loads what was prepared.
 */
export async function measureSd15({ runs, folder }: Sd15Options): Promise<SuiteResult> {
  const place = folder ?? (await mkdtemp(join(tmpdir(), "sunstep-bench-sd15-")));
  try {
    const files: Sd15Files = { ...(await checkpointIn(place)), cache: join(place, "prepared") };
    await rm(files.cache, { recursive: true, force: true });
    const first = await inProcess({ stage: "first-load", files, runs });
    const unet = await inProcess({ stage: "unet", files, runs });
    const decoders = await inProcess({ stage: "decoders", files, runs });
    const peaks = [first, unet, decoders].map((result) => Number(result.peakRssMb));
    return { ...first, ...unet, ...decoders, peakRssMb: Math.max(...peaks) };
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

function inProcess(stage: Sd15Stage): Promise<SuiteResult> {
  console.log(`sd15: ${stage.stage} …`);
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL("./sd15-stage.ts", import.meta.url)));
    let result: SuiteResult | undefined;
    child.on("message", (message) => {
      result = message as SuiteResult;
    });
    child.on("error", reject);
    child.on("exit", (code) =>
      result ? resolve(result) : reject(new Error(`stage ${stage.stage} ended with code ${code}`)),
    );
    child.send(stage);
  });
}
