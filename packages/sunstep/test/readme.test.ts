import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeSafetensors } from "@sunstep/checkpoint";
import { fixture, runReadmeExample } from "@sunstep/testing";
import { expect, it, onTestFinished } from "vitest";
import { exportFolder, removeFolder } from "../../onnx-checkpoint/test/exported-folder.js";
import type { GeneratedImage, StableDiffusion } from "../src/index.js";
import { decodeImage } from "../src/index.js";
import { temporaryFolder } from "./temporary-folder.js";

const readme = fileURLToPath(new URL("../README.md", import.meta.url));

it("runs the README's example", async () => {
  const path = join(temporaryFolder(), "butterfly.png");
  const { butterfly } = (await runReadmeExample(readme, { replace: { "butterfly.png": path } })) as {
    butterfly: GeneratedImage;
  };
  expect(butterfly).toMatchObject({ width: 128, height: 128, seed: 42 });
  const saved = decodeImage(readFileSync(path));
  expect(saved.data).toEqual(butterfly.data);
  expect(saved.text.get("parameters")).toBe(butterfly.parameters);
});

it("runs the README's second example", async () => {
  const replace = {
    "./my-model.safetensors": fixture("tiny-sd15-single-file/tiny_sd15.fp16.safetensors"),
    "./sun-adapter.safetensors": fixture("sun/tiny-sd15_addpos.safetensors"),
    "./style.safetensors": fixture("lora/kohya.safetensors"),
    'setLoraScale("style"': 'setLoraScale("kohya"',
    "./sketch.png": fixture("pipelines/inputs/picture_square.png"),
  };
  const { images } = (await runReadmeExample(readme, { block: 1, replace })) as {
    images: GeneratedImage[];
  };
  expect(images.slice(0, 2).map(({ seed }) => seed)).toEqual([1, 2]);
  expect(images[0]!.parameters).toContain('LoRA: "kohya:0.8"');
  expect(images[2]!.parameters).toMatch(
    /Model: tiny_sd15\.fp16, Denoising strength: 0\.6, .*SUN: tiny-sd15_addpos/,
  );
}, 240_000);

it("runs the README's example of a ControlNet", async () => {
  const replace = {
    "./my-model.safetensors": fixture("tiny-sd15-single-file/tiny_sd15.fp16.safetensors"),
    "./control_v11p_sd15_canny.safetensors": fixture("tiny-controlnet/diffusion_pytorch_model.safetensors"),
    "./edges.png": fixture("pipelines/inputs/control_square.png"),
  };
  const { images } = (await runReadmeExample(readme, { block: 3, replace })) as { images: GeneratedImage[] };
  expect(images[0]!.parameters).toMatch(
    /ControlNet 0: "Module: none, .* Weight: 0\.8, .* Guidance End: 0\.7/,
  );
}, 240_000);

it("runs the README's example of an acceleration", async () => {
  const { images, evaluations } = (await runReadmeExample(readme, { block: 2 })) as {
    images: GeneratedImage[];
    evaluations: number;
  };
  expect(evaluations).toBe(6);
  expect(images[0]!.parameters).toContain("Few steps: six-steps");
});

// The example of Stable Diffusion XL below opens a diffusers folder.
it.each([
  ["a single file", async () => fixture("tiny-sd15-single-file/tiny_sd15.fp16.safetensors")],
  ["a folder of ONNX graphs", writtenExport],
])(
  "runs the README's example of files of every kind over %s",
  async (_, made) => {
    const model = await made();
    const embedding = join(temporaryFolder(), "EasyNegative.safetensors");
    const emb_params = { dtype: "float32", shape: [2, 16], data: new Float32Array(32).fill(0.1) } as const;
    writeFileSync(embedding, writeSafetensors({ emb_params }));
    const replace = {
      "./v1-5-pruned.safetensors": model,
      "./vae-ft-mse-840000-ema-pruned.safetensors": fixture("tiny-sd15/vae"),
      "./taesd_decoder.safetensors": fixture("tiny-taesd/diffusion_pytorch_model.safetensors"),
      "./style.safetensors": fixture("lora/kohya.safetensors"),
      "./lycoris.safetensors": fixture("lora/kohya_locon.safetensors"),
      "./EasyNegative.safetensors": embedding,
      "./control_v11p_sd15_canny.safetensors": fixture("tiny-controlnet"),
      '"control_v11p_sd15_canny"': '"tiny-controlnet"',
      "./edges.png": fixture("pipelines/inputs/control_square.png"),
      'decoder: "taesd"': 'decoder: "taesd", steps: 1, seed: 1',
    };
    const { sd, images, warnings } = (await runReadmeExample(readme, { block: 4, replace })) as {
      sd: StableDiffusion;
      images: GeneratedImage[];
      warnings: unknown[];
    };
    expect(sd).toMatchObject({
      loras: [{ name: "kohya" }, { name: "kohya_locon" }],
      embeddings: ["EasyNegative"],
      controlnets: ["tiny-controlnet"],
    });
    expect(images[0]!.parameters).toMatch(/Negative prompt: EasyNegative, blurry/);
    expect(warnings).toEqual([]);
  },
  240_000,
);

it("runs the README's example of Stable Diffusion XL", async () => {
  const replace = {
    "./sd_xl_base_1.0.safetensors": fixture("tiny-sdxl"),
    "steps: 20": "steps: 2, seed: 1",
  };
  const { images } = (await runReadmeExample(readme, { block: -1, replace })) as {
    images: GeneratedImage[];
  };
  expect(images[0]).toMatchObject({ width: 64, height: 64 });
  expect(images[0]!.parameters).toMatch(/Prompt 2: oil painting, Original size: 4096x4096/);
});

/** Exports the tiny model to a folder that lasts as long as the test. */
async function writtenExport(): Promise<string> {
  const folder = await exportFolder();
  onTestFinished(() => removeFolder(folder));
  return folder;
}
