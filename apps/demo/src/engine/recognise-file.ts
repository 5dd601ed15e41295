import { blobSource, identify, openSafetensors } from "@sunstep/checkpoint";
import type { ModelSource, RecognisedFile } from "./engine.js";

const names: Readonly<Record<string, string>> = {
  checkpoint: "a checkpoint",
  unet: "a U-Net",
  vae: "a VAE",
  taesd: "a tiny autoencoder",
  "text-encoder": "a text encoder",
  lora: "a LoRA",
  "sun-adapter": "a SUN adapter",
  controlnet: "a ControlNet",
  embedding: "a textual inversion embedding",
  unknown: "of no known kind",
};

const architectures: Readonly<Record<string, string>> = {
  sd1: "Stable Diffusion 1.x",
  sd2: "Stable Diffusion 2.x",
  sdxl: "Stable Diffusion XL",
};

/** What a file is, by its tensors: its name is not looked at. */
export async function recogniseFile(file: File): Promise<RecognisedFile> {
  const { kind, architecture, advice } = identify(await openSafetensors(blobSource(file)));
  const of = architecture === undefined ? "" : ` (${architectures[architecture] ?? architecture})`;
  return { name: file.name, size: file.size, kind, recognised: `${names[kind] ?? kind}${of}`, advice };
}

/** The files that a model was opened from; `downloaded` bytes of the embedded one. */
export async function openedFiles(
  source: ModelSource,
  downloaded: number,
): Promise<readonly RecognisedFile[]> {
  switch (source.kind) {
    case "embedded":
      return [
        { name: "emoji", size: downloaded, kind: "folder", recognised: "the embedded model", advice: "" },
      ];
    case "file":
      return [await recogniseFile(source.file)];
    case "folder": {
      const size = Object.values(source.files).reduce((sum, file) => sum + file.size, 0);
      return [{ name: source.name, size, kind: "folder", recognised: "a diffusers folder", advice: "" }];
    }
  }
}
