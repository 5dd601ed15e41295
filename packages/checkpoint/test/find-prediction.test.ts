// How files tell the prediction type: reports of diffusers#9171, forge#1109, InvokeAI#7495, sd_dreambooth_extension#432.
import { tensor } from "@sunstep/tensor";
import { describe, expect, it } from "vitest";
import { blobTree, openCheckpoint } from "../src/index.js";
import { float32 } from "./made-up-tensors.js";
import { sd15File, sd21File, source, type Tensors } from "./single-file-tensors.js";

const SPREAD = "model.diffusion_model.output_blocks.11.1.transformer_blocks.0.norm1.bias";
const heads15 = { config: { unet: { attention_head_dim: 4 }, textEncoder: { num_attention_heads: 4 } } };
const heads21 = {
  config: { unet: { attention_head_dim: [2, 3, 4, 8] }, textEncoder: { num_attention_heads: 4 } },
};

/** Values of this standard deviation and mean 0.3, under the name that ComfyUI looks at. */
const spread = (deviation: number): Tensors => ({
  [SPREAD]: float32(
    [16],
    Array.from({ length: 16 }, (_, i) => 0.3 + (i % 2 === 0 ? deviation : -deviation)),
  ),
});
const steps = (count: number): Tensors => ({
  global_step: tensor(BigInt64Array.of(BigInt(count)), [], "int64"),
});

const open21 = (tensors: Tensors = {}, metadata?: Record<string, string>) =>
  openCheckpoint(source({ ...sd21File(), ...tensors }, metadata), heads21);
const open15 = (tensors: Tensors = {}, yaml?: string) =>
  openCheckpoint(source({ ...sd15File(), ...tensors }), {
    ...heads15,
    ...(yaml !== undefined && { beside: blobTree({ "model.yaml": new Blob([yaml]) }) }),
  });

describe("the prediction of an SD 2.x single file", () => {
  it.each<[string, Tensors, Record<string, string>, string, number]>([
    [
      "the architecture of the 512 models",
      spread(0.2),
      { "modelspec.architecture": "stable-diffusion-v2-512" },
      "epsilon",
      64,
    ],
    [
      "the architecture of the 768 models",
      spread(0.01),
      { "modelspec.architecture": "stable-diffusion-v2-768-v" },
      "v_prediction",
      96,
    ],
    [
      "the file that a trainer began with",
      spread(0.2),
      { ss_sd_model_name: "v2-1_512-ema-pruned.safetensors" },
      "epsilon",
      64,
    ],
    ["the marker v_pred", { ...spread(0.05), v_pred: float32([0]) }, {}, "v_prediction", 96],
    ["the steps of SD 2.0 base", { ...spread(0.2), ...steps(875_000) }, {}, "epsilon", 64],
    ["ComfyUI's statistic above 0.09", { ...spread(0.12), ...steps(220_000) }, {}, "v_prediction", 96],
    ["ComfyUI's statistic below 0.09", { ...spread(0.05), ...steps(220_000) }, {}, "epsilon", 64],
    [
      "the stated type before all else",
      spread(0.05),
      { "modelspec.prediction_type": "v", "modelspec.architecture": "stable-diffusion-v2-512" },
      "v_prediction",
      96,
    ],
    [
      "the stated resolution besides",
      spread(0.05),
      { "modelspec.prediction_type": "v", "modelspec.resolution": "512x512" },
      "v_prediction",
      64,
    ],
  ])("is read from %s", async (_, tensors, metadata, prediction, size) => {
    const { schedulerConfig, unet, warnings } = await open21(tensors, metadata);
    expect(schedulerConfig.prediction_type).toBe(prediction);
    expect(unet.config.sample_size).toBe(size);
    expect(warnings).toEqual([]);
  });
});

it.each([
  ["v-prediction", "v_prediction"],
  ["V", "v_prediction"],
  ["sample", "sample"],
])("the stated type %s is %s, and needs no warning", async (stated, prediction) => {
  const { schedulerConfig, warnings } = await open21({}, { "modelspec.prediction_type": stated });
  expect([schedulerConfig.prediction_type, warnings]).toEqual([prediction, []]);
});

it("a stated type that is not known is warned of, with what was assumed", async () => {
  const stated = { "modelspec.prediction_type": "rectified_flow" };
  const { schedulerConfig, warnings } = await open21(spread(0.05), stated);
  expect(schedulerConfig.prediction_type).toBe("epsilon");
  expect(warnings).toMatchObject([
    {
      code: "CHECKPOINT_ASSUMED_PREDICTION",
      message: expect.stringMatching(/"rectified_flow".*epsilon was assumed/),
    },
  ]);
  const file = source(sd15File(), { "modelspec.prediction_type": "constructor" });
  expect((await openCheckpoint(file, heads15)).warnings).toMatchObject([
    { details: { stated: "constructor" } },
  ]);
});

it("the option predictionType counts more than the file", async () => {
  const { schedulerConfig } = await openCheckpoint(
    source({ ...sd21File(), v_pred: float32([0]) }, { "modelspec.prediction_type": "v" }),
    { ...heads21, predictionType: "epsilon" },
  );
  expect(schedulerConfig.prediction_type).toBe("epsilon");
});

describe("the prediction of an SD 1.x single file", () => {
  const yaml = (parameterization: string) =>
    `model:\n  target: ldm.models.diffusion.ddpm.LatentDiffusion\n  params:\n    parameterization: ${parameterization}\n` +
    "    linear_start: 0.001\n    linear_end: 0.0140\n    timesteps: 1000\n";

  it.each([
    ['"v"', "v_prediction"],
    ["'v' # zero SNR", "v_prediction"],
    ["v", "v_prediction"],
    ["eps", "epsilon"],
  ])("is read from a YAML config beside it: parameterization %s", async (value, prediction) => {
    const { schedulerConfig } = await open15({}, yaml(value));
    expect(schedulerConfig).toMatchObject({
      prediction_type: prediction,
      beta_start: 0.001,
      beta_end: 0.014,
    });
  });

  it("is noise where nothing tells another", async () => {
    expect((await open15({}, "model: {}")).schedulerConfig).toMatchObject({
      _class_name: "PNDMScheduler",
      prediction_type: "epsilon",
      beta_start: 0.00085,
    });
  });

  it("comes with a terminal signal-to-noise ratio of zero where the marker ztsnr says so", async () => {
    const { schedulerConfig } = await open15({ v_pred: float32([0]), ztsnr: float32([0]) });
    expect(schedulerConfig).toMatchObject({
      _class_name: "DDIMScheduler",
      prediction_type: "v_prediction",
      rescale_betas_zero_snr: true,
      timestep_spacing: "trailing",
    });
  });
});
