import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluateInTurn } from "./evaluate-in-turn.js";
import { summarise } from "./measure.js";
import { peakTreeMemoryMb } from "./process-tree.js";
import type { SuiteResult } from "./report.js";
import { xlUnetConfig } from "./synthetic/configs.js";
import { networkShapes } from "./synthetic/shapes.js";
import { writeRandomSafetensors } from "./synthetic/write-safetensors.js";
import { fill } from "./synthetic-checkpoint.js";

export interface SdxlOptions {
  readonly runs: number;
  /** Keeps the U-Net and its prepared copy here for the next bench; otherwise they are removed at the end. */
  readonly folder?: string;
}

/**
 * Measures a U-Net of Stable Diffusion XL's real size at 1024×1024, in float32 on the CPU: 5.1 GB of float16 weights, and a
 * prepared copy of twice that on disk.
 */
export async function measureSdxl({ runs, folder }: SdxlOptions): Promise<SuiteResult> {
  const place = folder ?? (await mkdtemp(join(tmpdir(), "sunstep-bench-sdxl-")));
  try {
    const model = await unetIn(place);
    const files = { model, taesd: "", sun: "", cache: join(place, "prepared") };
    const isPrepared = existsSync(files.cache);
    const first = isPrepared
      ? undefined
      : await peakTreeMemoryMb(process.pid, () => evaluateInTurn(files, ["xlUnet"], 0));
    const { result, peakMb } = await peakTreeMemoryMb(process.pid, () =>
      evaluateInTurn(files, ["xlUnet"], runs),
    );
    const { loadMs, times, peakRssMb } = result.xlUnet!;
    return {
      ...(first && { firstLoadMs: first.result.xlUnet!.loadMs, preparationPeakMb: first.peakMb }),
      cachedLoadMs: loadMs,
      unet: summarise(times),
      peakRssMb: Math.max(peakMb, peakRssMb),
    };
  } finally {
    if (folder === undefined) await rm(place, { recursive: true });
  }
}

async function unetIn(folder: string): Promise<string> {
  const model = join(folder, "sdxl");
  const weights = join(model, "unet/diffusion_pytorch_model.safetensors");
  const config = join(model, "unet/config.json");
  // The config is written last: it tells a whole file.
  if (existsSync(config)) return model;
  console.log("Writing a U-Net of SDXL's size with random weights …");
  await mkdir(join(model, "unet"), { recursive: true });
  await writeRandomSafetensors(weights, networkShapes.xlUnet, fill, 1);
  await writeFile(config, JSON.stringify(xlUnetConfig, null, 2));
  return model;
}
