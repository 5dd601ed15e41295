import { describe, expect, it } from "vitest";
import { identify, openCheckpoint, openSafetensors, parseUNetConfig } from "../src/index.js";
import { errorOf } from "./errors-of.js";
import { float32 } from "./made-up-tensors.js";
import { sd15, sd15File, source } from "./single-file-tensors.js";

const UNET = "model.diffusion_model.";
const heads = { config: { unet: { attention_head_dim: 4 }, textEncoder: { num_attention_heads: 4 } } };
const withInputs = (channels: number) => ({
  ...sd15File(),
  [`${UNET}input_blocks.0.0.weight`]: float32([16, channels, 3, 3]),
});

describe("openCheckpoint on models with further inputs", () => {
  it.each([
    [5, /depth-to-image/],
    [7, /upscaler/],
    [8, /InstructPix2Pix/],
    [12, /12 input channels/],
  ])("rejects a U-Net of %i channels by name", async (channels, name) => {
    const file = source(withInputs(channels));
    const error = await errorOf(openCheckpoint(file));
    expect(error.code).toBe("CHECKPOINT_UNSUPPORTED");
    expect(error.message).toMatch(name);
    expect(error.message).toContain("model.safetensors");
    const { unsupported, advice } = identify(await openSafetensors(file));
    expect(unsupported).toMatch(name);
    expect(advice).toMatch(/not supported/);
    expect(() => parseUNetConfig({ in_channels: channels }, "unet/config.json")).toThrow(
      expect.objectContaining({ code: "CHECKPOINT_UNSUPPORTED", message: expect.stringMatching(name) }),
    );
  });

  it("opens an inpainting model of 9 channels", async () => {
    const { unet, warnings } = await openCheckpoint(source(withInputs(9)), heads);
    expect(unet.config.in_channels).toBe(9);
    expect(warnings).toEqual([]);
  });
});

describe("openCheckpoint on single files of distilled U-Nets", () => {
  it("opens a latent consistency model, whose U-Net takes the guidance scale", async () => {
    const file = { ...sd15File(), [`${UNET}time_embed.cond_proj.weight`]: float32([16, 256]) };
    const { unet, warnings } = await openCheckpoint(source(file), heads);
    expect(warnings).toEqual([]);
    expect(unet.config.time_cond_proj_dim).toBe(256);
    expect(unet.weights.get("time_embedding.cond_proj.weight").shape).toEqual([16, 256]);
    expect(identify(await openSafetensors(source(file))).unsupported).toBeUndefined();
  });

  it("opens a U-Net without a middle block (BK-SDM, SDXS)", async () => {
    const file = Object.fromEntries(
      Object.entries(sd15File()).filter(([name]) => !name.startsWith(`${UNET}middle_block.`)),
    );
    const { unet, warnings } = await openCheckpoint(source(file), heads);
    expect(warnings).toEqual([]);
    expect(unet.config).toMatchObject({ mid_block_type: null, cross_attention_dim: 16 });
    const names = [...sd15.unet.keys()].filter((name) => !name.startsWith("mid_block."));
    expect(unet.weights.names().sort()).toEqual(names.sort());
  });
});
