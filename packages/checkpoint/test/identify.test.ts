import { fixture } from "@sunstep/testing";
import { expect, it } from "vitest";
import { identify, memorySource, openSafetensors, writeSafetensors } from "../src/index.js";
import { fileSource } from "../src/node.js";
import { float32 } from "./made-up-tensors.js";

const ofFile = async (path: string) => identify(await openSafetensors(await fileSource(fixture(path))));

it.each([
  ["tiny-sd15-single-file/tiny_sd15.fp16.safetensors", "checkpoint", "sd1"],
  ["tiny-sd15/unet/diffusion_pytorch_model.fp16.safetensors", "unet", "sd1"],
  ["tiny-sd21/unet/diffusion_pytorch_model.safetensors", "unet", "sd2"],
  ["tiny-sd15/vae/diffusion_pytorch_model.fp16.safetensors", "vae", undefined],
  ["tiny-sd15/text_encoder/model.fp16.safetensors", "text-encoder", "clip"],
  ["tiny-taesd/diffusion_pytorch_model.safetensors", "taesd", undefined],
  ["lora/kohya.safetensors", "lora", undefined],
  ["lora/peft.safetensors", "lora", undefined],
  ["lora/diffusers_legacy.safetensors", "lora", undefined],
  ["sun/tiny-sd15_plain.safetensors", "sun-adapter", undefined],
  ["hostile/ok.safetensors", "unknown", undefined],
])("identifies %s as %s", async (path, kind, architecture) => {
  const identity = await ofFile(path);
  expect([identity.kind, identity.architecture]).toEqual([kind, architecture]);
});

it.each([
  [["control_model.time_embed.0.weight"], "controlnet", undefined],
  [["controlnet_cond_embedding.conv_in.weight", "conv_in.weight"], "controlnet", undefined],
  [["model.diffusion_model.double_blocks.0.img_attn.qkv.weight"], "checkpoint", "flux"],
  [["model.diffusion_model.joint_blocks.0.x_block.mlp.fc1.weight"], "checkpoint", "sd3"],
  [["conditioner.embedders.1.model.positional_embedding"], "checkpoint", "sdxl"],
  [["conditioner.embedders.0.model.transformer.resblocks.31.ln_1.weight"], "checkpoint", "sdxl-refiner"],
  [
    ["model.diffusion_model.input_blocks.0.0.weight", "model.diffusion_model.label_emb.weight"],
    "checkpoint",
    "sd2-upscaler",
  ],
  [["first_stage_model.decoder.conv_in.weight"], "vae", undefined],
  [["emb_params"], "embedding", undefined],
  [["lora_unet_down_blocks_0.hada_w1_a"], "lora", undefined],
  [["lora_unet_down_blocks_0.diff_b"], "lora", undefined],
  [["lora_te_text_model_final_layer_norm.w_norm"], "lora", undefined],
  [["something.else"], "unknown", undefined],
])("identifies a file with %j as %s (%s)", async (names, kind, architecture) => {
  const tensors = Object.fromEntries(names.map((name) => [name, float32([4, 8])]));
  const identity = identify(await openSafetensors(memorySource(writeSafetensors(tensors))));
  expect([identity.kind, identity.architecture]).toEqual([kind, architecture]);
});

it("lists the networks and types of a checkpoint", async () => {
  const { details } = await ofFile("tiny-sd15-single-file/tiny_sd15.fp16.safetensors");
  expect(details).toMatchObject({
    inChannels: 4,
    components: ["unet", "text_encoder", "vae"],
    title: "tiny sd15",
    quantized: false,
  });
  expect(details.dataTypes.F16).toBeGreaterThan(1_000_000);
  expect((await ofFile("hostile/unsupported_dtype.safetensors")).details.quantized).toBe(true);
});
