import { readFileSync } from "node:fs";
import { toFloat32 } from "@sunstep/tensor";
import { fixture, readSafetensors } from "@sunstep/testing";
import { describe, expect, it } from "vitest";
import { type Checkpoint, memorySource, openCheckpoint, openComponent, readWeight } from "../src/index.js";
import { fileSource, folderTree } from "../src/node.js";
import { errorOf } from "./errors-of.js";
import { expectSame } from "./expect-same.js";
import { toLdmUNet, toLdmVae } from "./ldm-layout.js";
import { float32 } from "./made-up-tensors.js";
import {
  parts,
  renamed,
  sd15,
  sd15File,
  sd21,
  sd21File,
  source,
  type Tensors,
} from "./single-file-tensors.js";

const singleFile = fixture("tiny-sd15-single-file/tiny_sd15.fp16.safetensors");

const sd21Heads = {
  config: { unet: { attention_head_dim: [2, 3, 4, 8] }, textEncoder: { num_attention_heads: 4 } },
};

const component = (checkpoint: Checkpoint, part: (typeof parts)[number]) =>
  part === "textEncoder" ? checkpoint.textEncoders[0] : checkpoint[part];

describe("openCheckpoint on a single file", () => {
  it("gives the weights of the same model's folder", async () => {
    const checkpoints: Checkpoint[] = [
      await openCheckpoint(folderTree(fixture("tiny-sd15")), { variant: "fp16" }),
      await openCheckpoint(await fileSource(singleFile)),
    ];
    for (const checkpoint of checkpoints)
      for (const part of parts) await expectSame(component(checkpoint, part).weights, sd15[part]);
  });

  it("gives the config of the same model's folder, except for facts that shapes do not tell", async () => {
    const folder = await openCheckpoint(folderTree(fixture("tiny-sd15")), { variant: "fp16" });
    const single = await openCheckpoint(await fileSource(singleFile), {
      config: { unet: { attention_head_dim: 4, sample_size: 8 }, textEncoder: { num_attention_heads: 4 } },
    });
    for (const part of parts)
      expect(component(folder, part).config).toMatchObject({ ...component(single, part).config });
    expect(single).toMatchObject({ format: "single-file", architecture: "sd1", warnings: [] });
    expect(folder.schedulerConfig).toMatchObject({ _class_name: single.schedulerConfig._class_name });
    expect(single.textEncoders[0].tokenizer).toBeUndefined();
  });

  it("warns of its assumptions about a model of unusual widths", async () => {
    const { warnings, unet } = await openCheckpoint(await fileSource(singleFile));
    expect(unet.config.attention_head_dim).toBe(8);
    expect(warnings).toEqual([
      {
        code: "CHECKPOINT_ASSUMED_HEADS",
        message: expect.stringMatching(/attention heads and norm groups: 8 and 8 were assumed/),
        details: { file: "tiny_sd15.fp16.safetensors", component: "unet" },
      },
      {
        code: "CHECKPOINT_ASSUMED_HEADS",
        message: expect.stringMatching(/attention heads: 1 was assumed/),
        details: { file: "tiny_sd15.fp16.safetensors", component: "text_encoder" },
      },
    ]);
  });

  it("maps SD 2.x: stacked projections, OpenCLIP's names, the transposed text projection", async () => {
    const checkpoint = await openCheckpoint(source(sd21File()), sd21Heads);
    expect(checkpoint).toMatchObject({
      architecture: "sd2",
      schedulerConfig: { _class_name: "DDIMScheduler", prediction_type: "v_prediction" },
    });
    await expectSame(checkpoint.unet.weights, sd21.unet);
    await expectSame(checkpoint.vae.weights, sd21.vae);
    const [{ weights, config }] = checkpoint.textEncoders;
    const projection = await readWeight(weights.get("text_projection.weight"));
    expect(projection.shape).toEqual([8, 16]);
    expect(toFloat32(projection).slice(0, 3)).toEqual(Float32Array.of(0, 8, 16));
    await expectSame(
      { ...weights, names: () => weights.names().filter((n) => n !== "text_projection.weight") },
      sd21.textEncoder,
    );
    const folder = await openCheckpoint(folderTree(fixture("tiny-sd21")));
    expect(config).toMatchObject({ hidden_act: "gelu", num_hidden_layers: 3, num_attention_heads: 4 });
    expect(folder.unet.config).toMatchObject({ ...checkpoint.unet.config, sample_size: 8 });
  });

  it("leaves out the last of ViT-H's 24 layers, as diffusers does", async () => {
    const deep: Tensors = { ...sd21File() };
    const first = "cond_stage_model.model.transformer.resblocks.0.";
    for (const [name, tensor] of Object.entries(deep)) {
      if (!name.startsWith(first)) continue;
      for (let i = 3; i < 24; i++) deep[name.replace(first, first.replace("0", String(i)))] = tensor;
    }
    const {
      textEncoders: [textEncoder],
    } = await openCheckpoint(source(deep), sd21Heads);
    expect(textEncoder.config.num_hidden_layers).toBe(23);
    expect(textEncoder.weights.has("text_model.encoder.layers.23.mlp.fc1.weight")).toBe(false);
  });
});

describe("openCheckpoint on single files of other tools", () => {
  const heads = { config: { unet: { attention_head_dim: 4 }, textEncoder: { num_attention_heads: 4 } } };

  it("finds an inpainting model by its input channels", async () => {
    const golden = readSafetensors(fixture("tiny-inpaint/unet/diffusion_pytorch_model.safetensors"));
    const file = { ...sd15File(), ...renamed(golden, (name) => `model.diffusion_model.${toLdmUNet(name)}`) };
    const checkpoint = await openCheckpoint(source(file), heads);
    expect(checkpoint.unet.config.in_channels).toBe(9);
    await expectSame(checkpoint.unet.weights, golden);
    expect(checkpoint.schedulerConfig).toMatchObject({
      _class_name: "DDIMScheduler",
      prediction_type: "epsilon",
    });
  });

  it("takes the model's weights where EMA weights are there too", async () => {
    const ema = Object.fromEntries(
      Object.entries(sd15File()).map(([name, { shape }]) => [
        `model_ema.${name.replace("model.", "").replaceAll(".", "")}`,
        float32(shape),
      ]),
    );
    await expectSame(
      (await openCheckpoint(source({ ...ema, ...sd15File() }), heads)).unet.weights,
      sd15.unet,
    );
    const error = await errorOf(openCheckpoint(source(ema)));
    expect(error.message).toMatch(/EMA weights only/);
  });

  it("reads text encoders without text_model., and other tools' prefixes", async () => {
    const file = {
      ...renamed(sd15.unet, (name) => `diffusion_model.${toLdmUNet(name)}`),
      ...renamed(sd15.vae, (name) => `vae.${toLdmVae(name)}`),
      ...renamed(
        sd15.textEncoder,
        (name) => `cond_stage_model.transformer.${name.replace("text_model.", "")}`,
      ),
    };
    const checkpoint = await openCheckpoint(source(file), heads);
    for (const part of parts) await expectSame(component(checkpoint, part).weights, sd15[part]);
  });

  it("names a missing network and takes it from elsewhere", async () => {
    const without = (prefix: string) =>
      source(Object.fromEntries(Object.entries(sd15File()).filter(([name]) => !name.startsWith(prefix))));
    const vae = await errorOf(openCheckpoint(without("first_stage_model."), heads));
    expect(vae).toMatchObject({ code: "CHECKPOINT_COMPONENT_MISSING", details: { component: "vae" } });
    expect(vae.message).toMatch(/no VAE in it.*option vae/);
    const text = await errorOf(openCheckpoint(without("cond_stage_model."), heads));
    expect(text).toMatchObject({ details: { component: "textEncoder" } });
    const given = await openComponent("vae", folderTree(fixture("tiny-sd15")), { folder: "vae" });
    expect((await openCheckpoint(without("first_stage_model."), { ...heads, vae: given })).vae).toBe(given);
  });

  it("names the tensor that an incomplete file lacks", async () => {
    const { "model.diffusion_model.input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight": _, ...file } =
      sd15File();
    const error = await errorOf(openCheckpoint(source(file), heads));
    expect(error.message).toMatch(
      /no weight down_blocks\.1\.attentions\.0\.transformer_blocks\.0\.attn2\.to_k\.weight/,
    );
  });
});

describe("openCheckpoint on impossible numbers in names", () => {
  const unet = (block: number) => `model.diffusion_model.input_blocks.${block}.0.op.weight`;
  const twenty = Array.from({ length: 20 }, (_, i) => i);

  it.each([
    ["layers", [unet(9e15)], /the U-Net has 2 resolutions of 8999999999999999 layers/],
    ["resolutions", twenty.map(unet), /the U-Net has 21 resolutions/],
    [
      "resolutions",
      twenty.map((i) => `first_stage_model.decoder.up.${i}.upsample.conv.weight`),
      /VAE has 20/,
    ],
  ])("rejects too many %s without counting through them", async (_, added, message) => {
    const model = Object.entries(sd15File()).filter(([name]) => !name.endsWith(".0.op.weight"));
    const file = Object.fromEntries([...model, ...added.map((name) => [name, float32([1])] as const)]);
    const error = await errorOf(openCheckpoint(source(file)));
    expect(error.code).toBe("CHECKPOINT_UNSUPPORTED");
    expect(error.message).toMatch(message);
    expect(error.details).toHaveProperty("file", "model.safetensors");
  });
});

describe("openCheckpoint on other kinds of files", () => {
  it.each([
    ["lora/kohya.safetensors", /this is a LoRA.*on top of a checkpoint/],
    ["sun/tiny-sd15_addpos.safetensors", /this is a SUN adapter/],
    ["tiny-taesd/diffusion_pytorch_model.safetensors", /tiny autoencoder/],
    ["tiny-sd15/vae/diffusion_pytorch_model.fp16.safetensors", /this is a VAE/],
    ["tiny-sd21/unet/diffusion_pytorch_model.safetensors", /this is a U-Net \(Stable Diffusion 2.x\)/],
    ["tiny-sd15/text_encoder/model.fp16.safetensors", /this is a text encoder/],
    ["hostile/ok.safetensors", /a file of unknown kind/],
  ])("rejects %s by its kind", async (path, message) => {
    const error = await errorOf(openCheckpoint(await fileSource(fixture(path))));
    expect(error.code).toBe("CHECKPOINT_UNSUPPORTED");
    expect(error.message).toMatch(message);
  });

  it("rejects Stable Diffusion 3 as not supported yet", async () => {
    const file = { ...sd15File(), "model.diffusion_model.joint_blocks.0.x_block.weight": float32([8]) };
    const error = await errorOf(openCheckpoint(source(file)));
    expect(error.message).toMatch(/checkpoint \(Stable Diffusion 3\).*not supported yet/);
  });

  it("rejects a pickle", async () => {
    const bytes = new Uint8Array(readFileSync(fixture("hostile/pickle_zip_ckpt.safetensors")));
    expect((await errorOf(openCheckpoint(memorySource(bytes, "model.ckpt")))).code).toBe(
      "CHECKPOINT_NOT_SAFETENSORS",
    );
  });
});
