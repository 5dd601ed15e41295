import { readFileSync } from "node:fs";
import { fixture } from "@sunstep/testing";
import { describe, expect, it } from "vitest";
import {
  parseClipTextConfig,
  parseJsonObject,
  parseTaesdConfig,
  parseUNetConfig,
  parseVaeConfig,
} from "../src/index.js";

const json = (path: string) => parseJsonObject(readFileSync(fixture(path)), path);

describe("configs", () => {
  it("keeps every field of the published form", () => {
    const file = json("tiny-sd21/unet/config.json");
    expect({ ...parseUNetConfig(file) }).toEqual({ ...file });
    const vae = json("tiny-sd21/vae/config.json");
    expect({ ...parseVaeConfig(vae) }).toEqual({ ...vae });
    const text = json("tiny-sd21/text_encoder/config.json");
    expect({ ...parseClipTextConfig(text) }).toEqual({ ...text });
    const taesd = json("tiny-taesd/config.json");
    expect({ ...parseTaesdConfig(taesd) }).toEqual({ ...taesd });
  });

  it("fills in diffusers' defaults: SD 1.x has 768 context channels and says so, the rest may be left out", () => {
    const config = parseUNetConfig({ cross_attention_dim: 768 });
    expect(config).toMatchObject({
      block_out_channels: [320, 640, 1280, 1280],
      attention_head_dim: 8,
      norm_num_groups: 32,
      use_linear_projection: false,
    });
  });

  it.each([
    [{ block_out_channels: "320" }, /block_out_channels must be a list .*, is "320"/],
    [{ block_out_channels: [2 ** 31, 2 ** 31] }, /block_out_channels must be .*16384.*2147483648/],
    [{ block_out_channels: Array(1000).fill(320) }, /block_out_channels must be a list of 1 to 8/],
    [{ layers_per_block: 10 ** 9 }, /layers_per_block must be an integer from 1 to 16/],
    [{ layers_per_block: null }, /layers_per_block must be .*, is null/],
    [{ in_channels: 1.5 }, /in_channels/],
    [{ in_channels: -4 }, /in_channels/],
    [{ norm_eps: Number.NaN }, /norm_eps must be a finite number, is NaN/],
    [{ down_block_types: ["NoSuchBlock2D"] }, /down_block_types must be .*NoSuchBlock2D/],
    [{ attention_head_dim: [5, 10] }, /attention_head_dim has 2 entries, block_out_channels has 4/],
    [{ attention_head_dim: 7 }, /attention_head_dim 7 does not divide block_out_channels 320/],
    [{ norm_num_groups: 33 }, /norm_num_groups 33 does not divide/],
    [{ _class_name: "UNet3DConditionModel" }, /UNet3DConditionModel.* not supported/],
    [{ addition_embed_type: "image" }, /addition_embed_type must be text_time, or null, is "image"/],
    [
      {
        addition_embed_type: "text_time",
        addition_time_embed_dim: 256,
        projection_class_embeddings_input_dim: 1536,
      },
      /projection_class_embeddings_input_dim 1536 must be more than 6 times addition_time_embed_dim 256/,
    ],
    [{ transformer_layers_per_block: [1, [1, 2], 1, 1] }, /reverse_transformer_layers_per_block is needed/],
    [
      {
        transformer_layers_per_block: [1, [1, 2], 1, 1],
        reverse_transformer_layers_per_block: [1, 1, [1, 2], 1],
      },
      /reverse_transformer_layers_per_block has 2 depths for the 3 transformers of block 2/,
    ],
    [{ time_cond_proj_dim: 2 }, /time_cond_proj_dim must be .*4/],
    [{ only_cross_attention: [true, false] }, /only_cross_attention has 2 entries/],
  ])("rejects %j", (fields, message) => {
    expect(() => parseUNetConfig(fields, "unet/config.json")).toThrow(message);
    expect(() => parseUNetConfig(fields, "unet/config.json")).toThrow("unet/config.json");
  });

  it("rejects other networks' configs", () => {
    expect(() => parseClipTextConfig({ hidden_act: "relu" })).toThrow(
      /hidden_act must be one of quick_gelu, gelu/,
    );
    expect(() => parseClipTextConfig({ architectures: ["T5EncoderModel"] })).toThrow(/T5EncoderModel/);
    expect(() => parseVaeConfig({ act_fn: "mish", block_out_channels: [64] })).toThrow(/act_fn "mish"/);
    expect(() => parseVaeConfig({ latents_mean: [0, 0, 0, 0] })).toThrow(
      /latents_mean .* is not supported yet/,
    );
    expect(() => parseVaeConfig({ _class_name: "AsymmetricAutoencoderKL" })).toThrow(/Asymmetric/);
    expect(() => parseTaesdConfig({ num_encoder_blocks: "3" })).toThrow(/num_encoder_blocks/);
  });

  it.each([
    ["config_huge_channels.json", /block_out_channels/],
    ["config_wrong_types.json", /block_out_channels/],
    ["config_deep.json", /nested/],
  ])("rejects %s", (file, message) => {
    expect(() => parseUNetConfig(json(`hostile/${file}`), file)).toThrow(message);
  });
});
