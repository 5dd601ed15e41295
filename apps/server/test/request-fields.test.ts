// Every field of AUTOMATIC1111's requests that its clients send: obeyed, without effect on the image, or refused.

import { describe, expect, it } from "vitest";
import {
  imageToImageSchema,
  readRequest,
  type TextToImage,
  textToImageSchema,
} from "../src/a1111/request.js";
import { readGeneration } from "../src/openai/request.js";
import type { Settings } from "../src/settings.js";

const settings: Settings = {
  sd_model_checkpoint: "emoji",
  sd_vae: "Automatic",
  CLIP_stop_at_last_layers: 1,
  samples_format: "png",
  jpeg_quality: 80,
  live_previews_enable: false,
  randn_source: "GPU",
  sunstep_most_steps: 0,
};
const listed = [{ name: "emoji", file: "emoji", revision: "" }];
const known = {
  catalogue: { models: listed, loras: [], vaes: [], embeddings: [], controlnets: [] },
  styles: [{ name: "ink", prompt: "ink drawing of {prompt}", negative_prompt: "colour" }],
};
const read = (fields: object) => readRequest(fields as TextToImage, settings, known);
const inputOf = (fields: object) => read({ prompt: "a cat", ...fields }).input;

// All fields that webuiapi 0.9.17 sends, with its default values, and those that SillyTavern and KoboldAI Lite add.
const both = {
  prompt: "a cat",
  styles: [],
  seed: -1,
  subseed: -1,
  subseed_strength: 0,
  seed_resize_from_h: 0,
  seed_resize_from_w: 0,
  batch_size: 1,
  n_iter: 1,
  steps: 20,
  cfg_scale: 7,
  width: 512,
  height: 512,
  restore_faces: false,
  tiling: false,
  do_not_save_samples: false,
  do_not_save_grid: false,
  negative_prompt: "",
  eta: 1,
  s_churn: 0,
  s_tmax: 0,
  s_tmin: 0,
  s_noise: 1,
  override_settings: {
    CLIP_stop_at_last_layers: 1,
    sd_vae: "Automatic",
    forge_additional_modules: [],
    eta_noise_seed_delta: 0,
  },
  override_settings_restore_afterwards: true,
  sampler_name: "Euler a",
  scheduler: "automatic",
  sampler_index: "Euler a",
  script_name: null,
  script_args: [],
  send_images: true,
  save_images: false,
  alwayson_scripts: {},
  clip_skip: 1,
};
const textToImage = {
  ...both,
  enable_hr: false,
  hr_scale: 2,
  hr_upscaler: "Latent",
  hr_second_pass_steps: 0,
  hr_resize_x: 0,
  hr_resize_y: 0,
  hr_checkpoint_name: null,
  hr_sampler_name: null,
  hr_scheduler: null,
  hr_prompt: "",
  hr_negative_prompt: "",
  hr_additional_modules: [],
  denoising_strength: 0.7,
  firstphase_width: 0,
  firstphase_height: 0,
};
const imageToImage = {
  ...both,
  init_images: ["AAAA"],
  mask: "AAAA",
  denoising_strength: 0.75,
  resize_mode: 0,
  mask_blur: 4,
  inpainting_fill: 0,
  inpaint_full_res: true,
  inpaint_full_res_padding: 0,
  inpainting_mask_invert: 0,
  initial_noise_multiplier: 1,
  image_cfg_scale: 1.5,
  include_init_images: false,
};

describe("the fields that clients send", () => {
  it.each([
    ["txt2img", textToImage, textToImageSchema],
    ["img2img", imageToImage, imageToImageSchema],
  ])("are all described, and are taken with their default values: %s", (_, fields, schema) => {
    expect(Object.keys(fields).filter((name) => !(name in schema.properties))).toEqual([]);
    expect(read(fields).warnings).toEqual([]);
  });

  it.each([
    [{ restore_faces: true }],
    [{ tiling: true }],
    [{ subseed_strength: 0.3 }],
    [{ seed_resize_from_w: 256 }],
    [{ seed_resize_from_h: 256 }],
    [{ s_churn: 1 }],
    [{ s_noise: 0.9 }],
    [{ s_min_uncond: 1 }],
    [{ refiner_checkpoint: "refiner" }],
    [{ disable_extra_networks: true }],
    [{ firstpass_image: "AAAA" }],
    [{ infotext: "a cat" }],
    [{ script_name: "x/y/z plot" }],
    [{ enable_hr: true, firstphase_width: 64 }],
    [{ enable_hr: true, hr_checkpoint_name: "other" }],
    [{ enable_hr: true, hr_sampler_name: "DDIM", sampler_name: "Euler" }],
    [{ enable_hr: true, hr_scheduler: "karras" }],
    [{ enable_hr: true, hr_prompt: "a dog" }],
    [{ enable_hr: true, hr_negative_prompt: "a dog" }],
    [{ enable_hr: true, hr_additional_modules: ["a"] }],
    [{ enable_hr: true, hr_upscaler: "ESRGAN_4x" }],
    [{ enable_hr: true, width: 64, height: 64, hr_resize_x: 128, hr_resize_y: 192 }],
    [{ enable_hr: true, hr_resize_x: 1024 }],
    [{ resize_mode: 3 }],
    [{ mask: "AAAA", inpainting_fill: 2 }],
    [{ mask: "AAAA", inpainting_fill: 3 }],
    [{ mask: "AAAA", mask_blur: 4, mask_blur_x: 8 }],
    [{ mask: "AAAA", mask_blur_y: 8 }],
    [{ mask: "AAAA", mask_round: false }],
    [{ latent_mask: "AAAA" }],
    [{ initial_noise_multiplier: 0.5 }],
    [{ override_settings: { eta_noise_seed_delta: 31337 } }],
    [{ override_settings: { img2img_color_correction: true } }],
    [{ override_settings: { token_merging_ratio: 0.5 } }],
    [{ override_settings: { forge_additional_modules: ["vae"] } }],
  ])("are refused with a value that would change the image and has no effect: %j", (fields) => {
    const { override_settings } = fields as { override_settings?: object };
    const name = Object.keys({ ...fields, ...override_settings }).at(-1)!;
    expect(() => inputOf(fields)).toThrow(
      expect.objectContaining({ code: "REQUEST_UNSUPPORTED", message: expect.stringContaining(name) }),
    );
  });

  it.each([
    [{ inpainting_fill: 3 }],
    [{ firstphase_width: 64, hr_upscaler: "ESRGAN_4x", hr_prompt: "a dog" }],
    [{ enable_hr: true, hr_prompt: "a cat", hr_sampler_name: "Use same sampler" }],
    [{ mask: "AAAA", mask_blur: 8, mask_blur_x: 8, mask_blur_y: 8 }],
  ])("are taken where they cannot change it: %j", (fields) => {
    expect(() => inputOf(fields)).not.toThrow();
  });
});

describe("what is obeyed", () => {
  it.each([
    [{}, undefined],
    [{ enable_hr: false, hr_scale: 3 }, undefined],
    [{ enable_hr: true }, { scale: 2, strength: 0.75, upscaler: "latent" }],
    [
      {
        enable_hr: true,
        hr_scale: 1.5,
        hr_upscaler: "None",
        denoising_strength: 0.4,
        hr_second_pass_steps: 3,
      },
      { scale: 1.5, strength: 0.4, upscaler: "lanczos", steps: 3 },
    ],
    [
      { enable_hr: true, width: 64, height: 128, hr_resize_x: 96, hr_resize_y: 192 },
      { scale: 1.5, strength: 0.75, upscaler: "latent" },
    ],
    [
      { enable_hr: true, width: 64, height: 128, hr_resize_y: 384, hr_upscaler: "Lanczos" },
      { scale: 3, strength: 0.75, upscaler: "lanczos" },
    ],
  ])("is the second pass of %j", (fields, hires) => {
    expect(inputOf(fields).hires).toEqual(hires);
  });

  it("is the second pass of OpenAI's route", () => {
    const hires = { scale: 1.5, upscaler: "lanczos" } as const;
    expect(readGeneration({ prompt: "a cat", hires }).hires).toEqual(hires);
  });

  it("is the format of images, as a setting", () => {
    const { format, quality } = inputOf({ override_settings: { samples_format: "jpg", jpeg_quality: 60 } });
    expect([format, quality]).toEqual(["jpeg", 60]);
  });

  it("is a style, in both prompts", () => {
    expect(inputOf({ styles: ["ink", "None"], negative_prompt: "text" })).toMatchObject({
      prompt: "ink drawing of a cat",
      negativePrompt: "text, colour",
    });
    expect(() => inputOf({ styles: ["oil"] })).toThrow(/style "oil" is not here; there are "ink"/);
  });
});
