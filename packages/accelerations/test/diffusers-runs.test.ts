import { fileURLToPath } from "node:url";
import { adaptableWeights, type Checkpoint, openCheckpoint, writeSafetensors } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { readLora } from "@sunstep/lora";
import { type Adapter, loraAdapter, openTextEncoders, Pipeline } from "@sunstep/pipeline";
import type { Runtime } from "@sunstep/runtime";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { fixture, readSafetensors } from "@sunstep/testing";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { methodAcceleration, readDifference, recogniseFile, recogniseModel } from "../src/index.js";
import { formulaWeight, type Layout, loraFile, openFile } from "./method-file.js";

const golden = readSafetensors(fileURLToPath(new URL("./diffusers-runs.safetensors", import.meta.url)));

let runtime: Runtime;
const models: Partial<Record<"tiny-sd15" | "tiny-sdxl", Checkpoint>> = {};
beforeAll(async () => {
  runtime = await createNodeRuntime();
  for (const name of ["tiny-sd15", "tiny-sdxl"] as const)
    models[name] = await openCheckpoint(await folderTree(fixture(name)));
});
afterAll(() => runtime.dispose());

interface LoraRun {
  readonly method: string;
  readonly source: string;
  readonly model?: "tiny-sdxl";
  readonly layout: Layout;
  readonly attentionOnly?: true;
  readonly negativePrompt?: string;
}

/** Published files, whose names tell the settings that diffusers ran with. */
const loras: readonly LoraRun[] = [
  { method: "lcm-lora", source: "latent-consistency/lcm-lora-sdv1-5", layout: "kohya" },
  { method: "hyper-sd", source: "ByteDance/Hyper-SD:Hyper-SD15-4steps-lora.safetensors", layout: "peft" },
  { method: "hyper-sd-unified", source: "Hyper-SD15-1step-lora.safetensors", layout: "peft" },
  {
    method: "hyper-sd-cfg",
    source: "Hyper-SD15-8steps-CFG-lora.safetensors",
    layout: "peft",
    negativePrompt: "blurry",
  },
  {
    method: "tcd",
    source: "models--h1t--TCD-SD15-LoRA/snapshots/main/pytorch_lora_weights.safetensors",
    layout: "diffusers",
    attentionOnly: true,
  },
  { method: "pcm", source: "sd15/pcm_sd15_smallcfg_4step_converted.safetensors", layout: "peft" },
  {
    method: "pcm-normal",
    source: "sd15/pcm_sd15_normalcfg_8step_converted.safetensors",
    layout: "peft",
    negativePrompt: "blurry",
  },
  {
    method: "lightning-lora",
    source: "sdxl_lightning_4step_lora.safetensors",
    model: "tiny-sdxl",
    layout: "kohya",
  },
  {
    method: "dmd2-lora",
    source: "dmd2_sdxl_4step_lora_fp16.safetensors",
    model: "tiny-sdxl",
    layout: "kohya",
  },
];

/** Whole models: settings on top of the model as it is. */
const wholeModels = [
  { method: "lightning", source: "sdxl_lightning_2step.safetensors", model: "tiny-sdxl" },
  { method: "lightning-1step", source: "sdxl_lightning_1step_x0.safetensors", model: "tiny-sdxl" },
  { method: "turbo", source: "sd_xl_turbo_1.0_fp16.safetensors", model: "tiny-sdxl" },
  { method: "dmd2-1step", source: "dmd2_sdxl_1step_unet_fp16.safetensors", model: "tiny-sdxl" },
  { method: "hyper-sdxl-unet", source: "Hyper-SDXL-1step-Unet.safetensors", model: "tiny-sdxl" },
  { method: "perflow", source: "hansyan/perflow-sdxl-base", model: "tiny-sdxl", negativePrompt: "blurry" },
  { method: "sdxs", source: "IDKiro/sdxs-512-dreamshaper", model: "tiny-sd15" },
] as const;

describe("a published file's settings", () => {
  it.each(loras)("make the image of diffusers with a LoRA of $method", async (run) => {
    const checkpoint = models[run.model ?? "tiny-sd15"]!;
    const file = await openFile(
      loraFile(checkpoint.unet.weights, run.layout, !run.attentionOnly),
      run.source,
    );
    const { architecture } = checkpoint;
    const recognised = recogniseFile({ file, source: run.source, architecture })!;
    expect(recognised).toMatchObject({ method: { name: run.method }, by: "name" });
    const lora = await readLora(file, adaptableWeights(checkpoint));
    await expectDiffusers(checkpoint, run, recognised, loraAdapter({ lora, scale: 1 }));
  });

  it.each(wholeModels)("make the image of diffusers with a model of $method", async (run) => {
    const checkpoint = models[run.model]!;
    const { architecture, schedulerConfig, unet } = checkpoint;
    const model = { source: run.source, architecture, schedulerConfig, unet: unet.config };
    const recognised = recogniseModel(model)!;
    expect(recognised).toMatchObject({ method: { name: run.method }, by: "name" });
    await expectDiffusers(checkpoint, run, recognised);
  });
});

it("make the image of diffusers with differences of weights, PeRFlow's", async () => {
  const checkpoint = models["tiny-sd15"]!;
  const { architecture, unet } = checkpoint;
  const tensors = unet.weights
    .names()
    .map((name) => [name, formulaWeight(name, unet.weights.get(name).shape)]);
  const file = await openFile(writeSafetensors(Object.fromEntries(tensors)));
  const source = "hansyan/perflow-sd15-delta-weights:diffusion_pytorch_model.v0-1.safetensors";
  const recognised = recogniseFile({ file, source, architecture })!;
  const lora = await readDifference(file, adaptableWeights(checkpoint));
  const run = { method: "perflow-delta", negativePrompt: "blurry" };
  await expectDiffusers(checkpoint, run, recognised, loraAdapter({ lora, scale: 1 }));
});

it("rejects differences of another model's weights", async () => {
  const file = await openFile(
    writeSafetensors({ "conv_in.weight": formulaWeight("conv_in.weight", [1, 2, 3, 3]) }),
  );
  const refused = expect.objectContaining({ code: "ACCELERATION_WEIGHTS" });
  for (const name of ["tiny-sd15", "tiny-sdxl"] as const)
    await expect(readDifference(file, adaptableWeights(models[name]!))).rejects.toEqual(refused);
});

/** Makes an image with the method's settings, and no others. */
async function expectDiffusers(
  checkpoint: Checkpoint,
  { method, negativePrompt }: { readonly method: string; readonly negativePrompt?: string },
  recognised: Parameters<typeof methodAcceleration>[0],
  adapter?: Adapter,
): Promise<void> {
  const textEncoders = await openTextEncoders(checkpoint);
  const pipeline = new Pipeline({ ...checkpoint, textEncoders, runtime });
  onTestFinished(() => pipeline.dispose());
  const { images, latents, warnings } = await pipeline.generate("a photo of a cat", {
    acceleration: methodAcceleration(recognised, adapter && { adapter }),
    ...(negativePrompt !== undefined && { negativePrompt }),
    promptSyntax: "plain",
    seed: 7,
    width: 32,
    height: 32,
  });
  expect(warnings).toEqual([]);
  const expected = golden.get(`${method}.latents`)!.data as Float32Array;
  expect(latents.data).toBeAllclose(expected, { atol: 2e-4, rtol: 2e-5 });
  expect(images[0]!.data).toBeAllclose(golden.get(`${method}.image`)!.data as Uint8Array, { atol: 1 });
}
