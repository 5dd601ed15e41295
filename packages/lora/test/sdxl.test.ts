// Names of LoRAs for Stable Diffusion XL. Their numbers are checked by the reference set's cases.
import {
  adaptableWeights,
  memorySource,
  openCheckpoint,
  openSafetensors,
  writeSafetensors,
} from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { fixture } from "@sunstep/testing";
import { expect, it } from "vitest";
import { float32 } from "../../checkpoint/test/made-up-tensors.js";
import { readLora } from "../src/index.js";

const model = adaptableWeights(await openCheckpoint(folderTree(fixture("tiny-sdxl"))));

it.each([
  [
    "lora_unet_input_blocks_7_1_transformer_blocks_1_attn2_to_k",
    "unet",
    "down_blocks.2.attentions.0.transformer_blocks.1.attn2.to_k",
  ],
  ["lora_unet_middle_block_1_proj_in", "unet", "mid_block.attentions.0.proj_in"],
  ["lora_unet_output_blocks_5_2_conv", "unet", "up_blocks.1.upsamplers.0.conv"],
  ["lora_unet_label_emb_0_0", "unet", "add_embedding.linear_1"],
  ["lora_unet_down_blocks_1_attentions_0_proj_out", "unet", "down_blocks.1.attentions.0.proj_out"],
  ["lora_te1_text_model_encoder_layers_0_mlp_fc1", "text_encoder", "text_model.encoder.layers.0.mlp.fc1"],
  [
    "lora_te2_text_model_encoder_layers_3_self_attn_q_proj",
    "text_encoder_2",
    "text_model.encoder.layers.3.self_attn.q_proj",
  ],
  ["lora_te2_text_projection", "text_encoder_2", "text_projection"],
  ["unet.up_blocks.0.attentions.2.proj_in", "unet", "up_blocks.0.attentions.2.proj_in"],
  [
    "text_encoder_2.text_model.encoder.layers.1.mlp.fc2",
    "text_encoder_2",
    "text_model.encoder.layers.1.mlp.fc2",
  ],
] as const)("finds the module of %s", async (name, network, module) => {
  const [outputs = 0, ...inputs] = model[network]!.get(`${module}.weight`).shape;
  const [down, up] = name.includes(".") ? ["lora_A", "lora_B"] : ["lora_down", "lora_up"];
  const kernel = inputs.slice(1).map(() => 1);
  const file = writeSafetensors({
    [`${name}.${down}.weight`]: float32([2, ...inputs]),
    [`${name}.${up}.weight`]: float32([outputs, 2, ...kernel]),
  });
  const lora = await readLora(await openSafetensors(memorySource(file, "xl.safetensors")), model);
  expect(lora.unknown).toEqual([]);
  expect(lora.targets).toMatchObject([{ network, parameter: `${module}.weight` }]);
});

it.each([
  ["lora_unet_input_blocks_4_0_in_layers_0.w_norm", "unet", "down_blocks.1.resnets.0.norm1.weight"],
  ["lora_unet_input_blocks_4_0_skip_connection.diff", "unet", "down_blocks.1.resnets.0.conv_shortcut.weight"],
  ["lora_unet_input_blocks_3_0_op.diff_b", "unet", "down_blocks.0.downsamplers.0.conv.bias"],
  ["lora_unet_middle_block_1_norm.b_norm", "unet", "mid_block.attentions.0.norm.bias"],
  ["lora_unet_middle_block_2_out_layers_3.diff", "unet", "mid_block.resnets.1.conv2.weight"],
  ["lora_unet_output_blocks_0_0_emb_layers_1.diff_b", "unet", "up_blocks.0.resnets.0.time_emb_proj.bias"],
  ["lora_unet_time_embed_2.diff", "unet", "time_embedding.linear_2.weight"],
  ["lora_unet_out_0.w_norm", "unet", "conv_norm_out.weight"],
  ["lora_unet_out_2.diff_b", "unet", "conv_out.bias"],
  ["lora_te1_text_model_final_layer_norm.b_norm", "text_encoder", "text_model.final_layer_norm.bias"],
  [
    "text_encoders.clip_g.transformer.text_model.encoder.layers.0.layer_norm1.diff",
    "text_encoder_2",
    "text_model.encoder.layers.0.layer_norm1.weight",
  ],
] as const)("finds the parameter of %s", async (name, network, parameter) => {
  const file = writeSafetensors({ [name]: float32(model[network]!.get(parameter).shape) });
  const lora = await readLora(await openSafetensors(memorySource(file, "xl.safetensors")), model);
  expect(lora.unknown).toEqual([]);
  expect(lora.targets).toMatchObject([{ network, parameter, strength: 1 }]);
});
