import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkpointIn } from "./checkpoint-in.js";
import { evaluateInTurn } from "./evaluate-in-turn.js";
import { summarise } from "./measure.js";
import type { StageFiles } from "./network-stage.js";
import { peakTreeMemoryMb } from "./process-tree.js";
import type { SuiteResult } from "./report.js";

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
    const files: StageFiles = { ...(await checkpointIn(place)), cache: join(place, "prepared") };
    await rm(files.cache, { recursive: true, force: true });
    // Preparation runs in child processes, which count.
    const { result: first, peakMb } = await peakTreeMemoryMb(process.pid, () =>
      evaluateInTurn(files, ["sunUnet"], 0),
    );
    const { result: firstInt8, peakMb: int8PeakMb } = await peakTreeMemoryMb(process.pid, () =>
      evaluateInTurn(files, ["int8.sunUnet"], 0),
    );
    const unets = await evaluateInTurn(
      files,
      ["sunUnet", "unet", "int8.sunUnet", "int8.unet", "int8.downsampled.unet"],
      runs,
    );
    const decoders = await evaluateInTurn(files, ["vaeDecoder", "taesdDecoder"], runs);
    const peaks = [first, unets, decoders].flatMap((networks) =>
      Object.values(networks).map(({ peakRssMb }) => peakRssMb),
    );
    const [unet, sunUnet] = [summarise(unets.unet!.times), summarise(unets.sunUnet!.times)];
    const [int8, int8Sun] = [unets["int8.unet"]!, unets["int8.sunUnet"]!];
    const int8Unet = summarise(int8.times);
    return {
      firstLoadMs: first.sunUnet!.loadMs,
      cachedLoadMs: unets.sunUnet!.loadMs,
      unet,
      sunUnet,
      sunOverPlain: sunUnet.medianMs / unet.medianMs,
      int8FirstLoadMs: firstInt8["int8.sunUnet"]!.loadMs,
      int8PreparePeakMb: int8PeakMb,
      int8CachedLoadMs: int8Sun.loadMs,
      int8Unet,
      int8SunUnet: summarise(int8Sun.times),
      int8DownsampledUnet: summarise(unets["int8.downsampled.unet"]!.times),
      int8OverFloat32: int8Unet.medianMs / unet.medianMs,
      int8PeakRssMb: Math.max(int8.peakRssMb, int8Sun.peakRssMb),
      vaeDecodeMs: summarise(decoders.vaeDecoder!.times).medianMs,
      taesdDecodeMs: summarise(decoders.taesdDecoder!.times).medianMs,
      peakRssMb: Math.max(peakMb, ...peaks),
    };
  } finally {
    if (folder === undefined) await rm(place, { recursive: true });
  }
}

/** Measures the same U-Net with NAG and without, in turn. */
export async function measureNag({ runs, folder }: Sd15Options): Promise<SuiteResult> {
  const place = folder ?? (await mkdtemp(join(tmpdir(), "sunstep-bench-nag-")));
  try {
    const files: StageFiles = { ...(await checkpointIn(place)), cache: join(place, "prepared") };
    const { nagOffUnet, nagUnet } = await evaluateInTurn(files, ["nagOffUnet", "nagUnet"], runs);
    const [plain, nag] = [summarise(nagOffUnet!.times), summarise(nagUnet!.times)];
    return { plain, nag, nagOverPlain: nag.medianMs / plain.medianMs };
  } finally {
    if (folder === undefined) await rm(place, { recursive: true });
  }
}
