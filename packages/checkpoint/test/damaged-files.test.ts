// Files with one tensor's shape, name or data type, or one byte of the header changed: an error or a warning that names
// the file, or the same model. Opening reads headers only, so the same references to weights are the same image.
import { readFileSync } from "node:fs";
import { damages, fixture, silentDamages } from "@sunstep/testing";
import { describe, expect, it } from "vitest";
import {
  blobTree,
  type Checkpoint,
  memorySource,
  openCheckpoint,
  openVae,
  type Weights,
  writeSafetensors,
} from "../src/index.js";
import { filesOf } from "./folders.js";
import { sd21File } from "./single-file-tensors.js";

const FILES_OF_A_KIND = 17;

const referencesOf = (weights: Weights) =>
  weights.names().map((name) => {
    const { dtype, shape, offset, length, transposed, source } = weights.get(name);
    return [name, dtype, shape, offset, length, transposed, source.name];
  });

const modelOf = ({ unet, textEncoders, vae, schedulerConfig }: Checkpoint) => ({
  configs: [unet.config, textEncoders[0].config, vae.config, schedulerConfig],
  weights: [unet, textEncoders[0], vae].map(({ weights }) => referencesOf(weights)),
});

const heads15 = { config: { unet: { attention_head_dim: 4 }, textEncoder: { num_attention_heads: 4 } } };
const heads21 = {
  config: { unet: { attention_head_dim: [2, 3, 4, 8] }, textEncoder: { num_attention_heads: 4 } },
};
const files = {
  "the U-Net of a folder": "unet/diffusion_pytorch_model.fp16.safetensors",
  "the text encoder of a folder": "text_encoder/model.fp16.safetensors",
  "the VAE of a folder": "vae/diffusion_pytorch_model.fp16.safetensors",
};
const folder = filesOf(fixture("tiny-sd15"));
const read = (path: string) => new Uint8Array(readFileSync(fixture(path)));

const kinds: readonly {
  readonly name: string;
  readonly file: Uint8Array;
  open(file: Uint8Array<ArrayBuffer>): Promise<Checkpoint>;
}[] = [
  {
    name: "an SD 1.5 single file",
    file: read("tiny-sd15-single-file/tiny_sd15.fp16.safetensors"),
    open: (file) => openCheckpoint(memorySource(file, "model.safetensors"), heads15),
  },
  {
    name: "an SD 2.1 single file",
    file: writeSafetensors(sd21File()),
    open: (file) => openCheckpoint(memorySource(file, "model.safetensors"), heads21),
  },
  ...Object.entries(files).map(([name, path]) => ({
    name,
    file: read(`tiny-sd15/${path}`),
    open: (file: Uint8Array<ArrayBuffer>) =>
      openCheckpoint(blobTree({ ...folder, [path]: new Blob([file]) }), { variant: "fp16" }),
  })),
  {
    name: "a VAE in a file of its own",
    file: read(`tiny-sd15/${files["the VAE of a folder"]}`),
    open: async (file) => {
      const { warnings, ...vae } = await openVae(memorySource(file, "vae.safetensors"));
      return { ...(await openCheckpoint(blobTree(folder), { variant: "fp16", vae })), warnings };
    },
  },
];

describe.each(kinds)("openCheckpoint on $name", ({ file, open }) => {
  it.each(damages)("never opens another model silently after a changed %s", async (damage) => {
    const silent = await silentDamages(damage, FILES_OF_A_KIND, {
      file,
      name: /\.safetensors/,
      open,
      contentOf: modelOf,
      checkError({ details, message }, damage) {
        expect(details.file).toMatch(/\.safetensors$/);
        if (damage !== "byte") expect(details.weight ?? details.tensor, message).toBeTypeOf("string");
      },
    });
    expect(silent).toEqual([]);
  });
});
