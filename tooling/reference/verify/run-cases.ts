import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { KindChecker, ReferenceCase } from "@sunstep/testing";
import { kind as vaeTiling } from "../../../packages/pipeline/test/vae-tiling-case.js";
import { kind as scheduler } from "../../../packages/scheduler/test/reference-case.js";
import { kind as rngPhilox } from "../../../packages/tensor/test/philox-draws.js";
import { kind as rng } from "../../../packages/tensor/test/torch-draws.js";
import { kind as tokenizer } from "../../../packages/tokenizer/test/reference-case.js";
import { kind as controlnet, severalKind as controlnets } from "./kinds/controlnet.js";
import { kind as embedding } from "./kinds/embedding.js";
import { kind as foreignOnnx, runKind as foreignOnnxRun } from "./kinds/foreign-onnx.js";
import { kind as gradientOps } from "./kinds/gradient-ops.js";
import { kind as hostile } from "./kinds/hostile.js";
import { kind as lora } from "./kinds/lora.js";
import { kind as lycoris } from "./kinds/lycoris.js";
import { firstKind as nag, kind as negative } from "./kinds/negative.js";
import { kind as pipeline } from "./kinds/pipeline.js";
import { kind as sameCheckpoint } from "./kinds/same-checkpoint.js";
import { kind as sunUnet } from "./kinds/sun-unet.js";
import { originalKind as originalTaesd, kind as taesd } from "./kinds/taesd.js";
import { kind as textEncoder } from "./kinds/text-encoder.js";
import { kind as training } from "./kinds/training.js";
import { kind as unet } from "./kinds/unet.js";
import { kind as vae } from "./kinds/vae.js";
import { kind as vaeFile } from "./kinds/vae-file.js";

export interface CaseResult {
  readonly id: string;
  readonly group: string;
  readonly outcome: "passed" | "failed";
  /** Reason of a failure. */
  readonly reason?: string;
}

const checkers = new Map<string, KindChecker>(
  [
    controlnet,
    controlnets,
    embedding,
    foreignOnnx,
    foreignOnnxRun,
    gradientOps,
    hostile,
    lora,
    lycoris,
    nag,
    negative,
    originalTaesd,
    pipeline,
    rng,
    rngPhilox,
    sameCheckpoint,
    scheduler,
    sunUnet,
    taesd,
    textEncoder,
    tokenizer,
    training,
    unet,
    vae,
    vaeFile,
    vaeTiling,
  ].map((checker) => [checker.kind, checker]),
);

/** Runs all cases, or those of the given kinds or parts of groups between slashes, one after the other. */
export async function* runCases(directory: string, only: readonly string[] = []): AsyncGenerator<CaseResult> {
  const { cases } = JSON.parse(await readFile(join(directory, "cases.json"), "utf8")) as {
    cases: ReferenceCase[];
  };
  for (const testCase of cases) {
    const names = [testCase.kind, ...testCase.group.split("/")];
    if (only.length === 0 || names.some((name) => only.includes(name)))
      yield await runCase(testCase, directory);
  }
}

/** Runs one case; a checker that throws is a failed case. */
export async function runCase(testCase: ReferenceCase, directory: string): Promise<CaseResult> {
  const { id, group, kind } = testCase;
  const checker = checkers.get(kind);
  if (!checker) return { id, group, outcome: "failed", reason: `there is no checker for kind ${kind}` };
  try {
    await checker.check(testCase, directory);
    return { id, group, outcome: "passed" };
  } catch (error) {
    return { id, group, outcome: "failed", reason: error instanceof Error ? error.message : String(error) };
  }
}
