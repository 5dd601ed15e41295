import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fixture } from "@sunstep/testing";
import { describe, expect, it } from "vitest";
import { blobTree, openCheckpoint, openVae, writeSafetensors } from "../src/index.js";
import { fileSource, folderTree } from "../src/node.js";
import { errorOf } from "./errors-of.js";
import { expectSame } from "./expect-same.js";
import { filesOf, textFile } from "./folders.js";
import { toLdmVae } from "./ldm-layout.js";
import { renamed, sd15, sd15File, source } from "./single-file-tensors.js";

const folder = fixture("tiny-sd15");
const heads = { config: { unet: { attention_head_dim: 4 }, textEncoder: { num_attention_heads: 4 } } };

describe("openVae", () => {
  it.each([
    ["a file in the original names", () => source(renamed(sd15.vae, toLdmVae))],
    [
      "a file in the original names behind first_stage_model.",
      () => source(renamed(sd15.vae, (name) => `first_stage_model.${toLdmVae(name)}`)),
    ],
    ["a file in diffusers' names", () => source(renamed(sd15.vae, (name) => name))],
    ["a whole checkpoint", () => source(sd15File())],
    [
      "a folder of one such file",
      () => blobTree({ "vae-ft-mse.safetensors": new Blob([writeSafetensors(renamed(sd15.vae, toLdmVae))]) }),
    ],
    ["a diffusers folder", () => folderTree(join(folder, "vae"))],
    ["a whole model's folder", () => folderTree(folder)],
  ])("opens %s", async (_, files) => {
    const { config, weights, warnings } = await openVae(files());
    await expectSame(weights, sd15.vae);
    expect(config).toMatchObject({ latent_channels: 4, scaling_factor: 0.18215, norm_num_groups: 16 });
    expect(warnings).toEqual([]);
  });

  it("takes a variant of a folder", async () => {
    expect((await openVae(folderTree(folder), { variant: "fp16" })).variant).toBe("fp16");
  });

  it.each([
    ["tiny-taesd/diffusion_pytorch_model.safetensors", /tiny autoencoder/],
    ["lora/kohya.safetensors", /a LoRA/],
    ["tiny-sd15/unet/diffusion_pytorch_model.fp16.safetensors", /a U-Net/],
  ])("rejects a file without a VAE by its kind: %s", async (path, kind) => {
    const error = await errorOf(openVae(await fileSource(fixture(path))));
    expect(error.code).toBe("CHECKPOINT_COMPONENT_MISSING");
    expect(error.message).toMatch(kind);
  });

  it("names the files of a folder that holds no VAE it can choose", async () => {
    const files = blobTree({ "a.safetensors": new Blob(), "b.safetensors": new Blob() });
    expect(await errorOf(openVae(files))).toMatchObject({
      code: "CHECKPOINT_FILE_MISSING",
      details: { single: ["a.safetensors", "b.safetensors"] },
    });
  });
});

describe("openCheckpoint with a VAE from elsewhere", () => {
  const other = () => openVae(folderTree(fixture("tiny-sd21")));

  it("opens a single file that has none", async () => {
    const file = Object.fromEntries(
      Object.entries(sd15File()).filter(([name]) => !name.startsWith("first_stage_model.")),
    );
    const vae = await other();
    expect((await openCheckpoint(source(file), { ...heads, vae })).vae).toBe(vae);
  });

  it("takes it in place of a folder's own, and of a folder that has none", async () => {
    const vae = await other();
    expect((await openCheckpoint(folderTree(folder), { vae })).vae).toBe(vae);
    const index = JSON.parse(readFileSync(join(folder, "model_index.json"), "utf8"));
    const files = Object.fromEntries(
      Object.entries(filesOf(folder)).filter(([path]) => !path.startsWith("vae/")),
    );
    const without = { ...files, "model_index.json": textFile({ ...index, vae: [null, null] }) };
    expect((await openCheckpoint(blobTree(without), { vae })).vae).toBe(vae);
    expect((await errorOf(openCheckpoint(blobTree(without)))).code).toBe("CHECKPOINT_UNSUPPORTED");
  });

  it("takes a prediction in place of a folder's own", async () => {
    const { schedulerConfig } = await openCheckpoint(folderTree(folder), { predictionType: "v_prediction" });
    expect(schedulerConfig).toMatchObject({ _class_name: "PNDMScheduler", prediction_type: "v_prediction" });
  });
});
