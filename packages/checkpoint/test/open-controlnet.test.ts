import { readFileSync } from "node:fs";
import { fixture } from "@sunstep/testing";
import { describe, expect, it } from "vitest";
import {
  identify,
  openControlNet,
  openSafetensors,
  parseControlNetConfig,
  skipConnections,
} from "../src/index.js";
import { fileSource, folderTree } from "../src/node.js";
import { errorOf } from "./errors-of.js";
import { expectSame } from "./expect-same.js";
import { toLdmUNet } from "./ldm-layout.js";
import { float32 } from "./made-up-tensors.js";
import { goldenOf, renamed, source } from "./single-file-tensors.js";

const golden = goldenOf("tiny-controlnet", "diffusion_pytorch_model");
/** Shapes do not tell the numbers of heads and norm groups. */
const config = { attention_head_dim: 4, norm_num_groups: 8 };

/** lllyasviel's names, written down a second time and the other way round. */
function toOriginal(name: string): string {
  const [, residual, parameter = ""] = /^controlnet_down_blocks\.(\d+)\.(\w+)$/.exec(name) ?? [];
  if (residual !== undefined) return `zero_convs.${residual}.0.${parameter}`;
  if (name.startsWith("controlnet_mid_block."))
    return name.replace("controlnet_mid_block", "middle_block_out.0");
  if (!name.startsWith("controlnet_cond_embedding.")) return toLdmUNet(name);
  return name
    .replace(/^controlnet_cond_embedding\.conv_in/, "input_hint_block.0")
    .replace(/^controlnet_cond_embedding\.conv_out/, "input_hint_block.14")
    .replace(/^controlnet_cond_embedding\.blocks\.(\d)/, (_, i) => `input_hint_block.${2 * Number(i) + 2}`);
}

describe("openControlNet", () => {
  it.each([
    ["a diffusers folder", () => folderTree(fixture("tiny-controlnet"))],
    [
      "a file in the original names",
      () => source(renamed(golden, (name) => `control_model.${toOriginal(name)}`)),
    ],
    ["a file in the original names without a prefix", () => source(renamed(golden, toOriginal))],
    ["a file in diffusers' names", () => source(renamed(golden, (name) => name))],
  ])("opens %s", async (_, files) => {
    const opened = await openControlNet(files(), { config });
    await expectSame(opened.weights, golden);
    const json = JSON.parse(readFileSync(fixture("tiny-controlnet/config.json"), "utf8"));
    expect(parseControlNetConfig(json)).toMatchObject(json);
    for (const field of Object.keys(json).filter((name) => !name.startsWith("_")))
      if (field in opened.config) expect(opened.config).toHaveProperty(field, json[field]);
    expect(opened.warnings).toEqual([]);
  });

  it("opens the file that the reference set has in the original layout", async () => {
    const path = fixture("tiny-controlnet-single-file/control_tiny.fp16.safetensors");
    const { warnings, config } = await openControlNet(await fileSource(path));
    expect(warnings).toMatchObject([
      { code: "CHECKPOINT_ASSUMED_HEADS", message: expect.stringContaining("8,16,16,24") },
    ]);
    expect(config.block_out_channels).toEqual([8, 16, 16, 24]);
  });

  it.each([
    ["lora/kohya.safetensors", /a LoRA/],
    ["tiny-sd15/unet/diffusion_pytorch_model.fp16.safetensors", /a U-Net/],
  ])("rejects a file without a ControlNet by its kind: %s", async (path, kind) => {
    const error = await errorOf(openControlNet(await fileSource(fixture(path))));
    expect(error.code).toBe("CHECKPOINT_COMPONENT_MISSING");
    expect(error.message).toMatch(kind);
  });

  it.each([
    ["lllite_unet_input_blocks_1.conditioning1.0.weight", /a ControlNet-LLLite/],
    ["lora_controlnet", /a Control-LoRA/],
    ["task_embedding", /a ControlNet Union/],
    ["difference", /the difference of a ControlNet/],
  ])("rejects a relative by the tensor %s", async (name, kind) => {
    const tensors = { [name]: float32([1, 1]), "input_hint_block.0.weight": float32([4, 3, 3, 3]) };
    expect((await errorOf(openControlNet(source(tensors)))).message).toMatch(kind);
  });

  it("tells the model that a file is for", async () => {
    const of = async (path: string) => identify(await openSafetensors(await fileSource(fixture(path))));
    const file = "diffusion_pytorch_model.safetensors";
    expect(await of(`tiny-controlnet/${file}`)).toMatchObject({ kind: "controlnet", architecture: "sd1" });
    expect(await of(`tiny-controlnet-xl/${file}`)).toMatchObject({
      kind: "controlnet",
      architecture: "sdxl",
    });
  });
});

describe("parseControlNetConfig", () => {
  it.each([
    [{ global_pool_conditions: true }, /global_pool_conditions true is not supported yet/],
    [{ conditioning_channels: 4 }, /conditioning_channels 4 is not supported yet/],
    [
      { conditioning_embedding_out_channels: [16, 32] },
      /conditioning_embedding_out_channels must be a list of 4/,
    ],
    [{ controlnet_conditioning_channel_order: "grb" }, /channel_order must be one of rgb, bgr/],
    [{ _class_name: "ControlNetUnionModel" }, /ControlNetUnionModel.* not supported/],
    [{ down_block_types: "DownBlock2D" }, /down_block_types must be a list/],
  ])("rejects %j", (fields, message) => {
    expect(() => parseControlNetConfig(fields, "controlnet/config.json")).toThrow(message);
  });

  it("counts the residuals that diffusers' defaults have", () => {
    const halvings = skipConnections(parseControlNetConfig({})).map((skip) => skip.halvings);
    expect(halvings).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]);
  });
});
