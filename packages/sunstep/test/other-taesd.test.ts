import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeSafetensors } from "@sunstep/checkpoint";
import { emojiTinyAutoencoderUrl } from "@sunstep/emoji-model";
import { readSafetensors } from "@sunstep/testing";
import { expect, it, onTestFinished } from "vitest";
import { StableDiffusion } from "../src/index.js";
import { temporaryFolder } from "./temporary-folder.js";

type Tensors = Parameters<typeof writeSafetensors>[0];

const float32 = (data: Float32Array, shape: readonly number[]) =>
  ({ dtype: "float32", shape, data }) as const;

/** The decoder of the embedded model as the authors of TAESD name its layers, which count the clamp. */
function decoderFile(change: Tensors = {}): string {
  const own = join(fileURLToPath(emojiTinyAutoencoderUrl), "diffusion_pytorch_model.safetensors");
  const decoder = [...readSafetensors(own)].flatMap(([name, { shape, data }]) => {
    const [, index, rest] = /^decoder\.layers\.(\d+)\.(.+)$/.exec(name) ?? [];
    return index === undefined
      ? []
      : [[`${Number(index) + 1}.${rest}`, float32(data as Float32Array, shape)] as const];
  });
  const path = join(temporaryFolder(), "taesd_decoder.safetensors");
  writeFileSync(path, writeSafetensors({ ...(Object.fromEntries(decoder) as Tensors), ...change }));
  return path;
}

it("decodes by a file of its authors as by a folder of the same weights", async () => {
  const options = { seed: 3, steps: 1, decoder: "taesd" } as const;
  const images = [];
  for (const taesd of ["emoji-taesd", decoderFile()]) {
    const sd = await StableDiffusion.fromPretrained("emoji", { taesd });
    onTestFinished(() => sd.dispose());
    images.push((await sd.generate("a red apple", options)).images[0]!.data);
  }
  expect(images[1]).toEqual(images[0]);
});

it("rejects a tiny autoencoder whose latents have other channels than the model's", async () => {
  const shape = [16, 16, 3, 3];
  const taesd = decoderFile({
    "1.weight": float32(new Float32Array(16 * 16 * 9), shape),
  });
  await expect(StableDiffusion.fromPretrained("emoji", { taesd })).rejects.toMatchObject({
    code: "TAESD_OTHER_MODEL",
    details: { channels: 16 },
  });
});
