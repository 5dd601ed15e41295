import { openCheckpoint, type UNetConfig, writeSafetensors } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { methodConfig, type SchedulerConfig } from "@sunstep/scheduler";
import { fixture } from "@sunstep/testing";
import { beforeAll, describe, expect, it } from "vitest";
import {
  distilledDefaults,
  fewStepMethods,
  licenseWarnings,
  methodAcceleration,
  modelAcceleration,
  recognisedWarning,
  recogniseFile,
  recogniseModel,
} from "../src/index.js";
import { publishedNames } from "../src/published-names.js";
import { formulaWeight, loraFile, openFile } from "./method-file.js";

let unet: UNetConfig;
let files: { readonly lora: Uint8Array; readonly lcmLora: Uint8Array };
beforeAll(async () => {
  const checkpoint = await openCheckpoint(await folderTree(fixture("tiny-sd15")));
  unet = checkpoint.unet.config;
  files = {
    lora: loraFile(checkpoint.unet.weights, "peft", true),
    lcmLora: loraFile(checkpoint.unet.weights, "kohya", true),
  };
});

describe("publishedNames", () => {
  it.each([
    ["/models/Lora/Hyper-SD15-4steps-lora.safetensors", ["hyper-sd15-4steps-lora"]],
    ["C:\\loras\\LCM_LoRA Weights SD15.safetensors", ["lcm-lora-weights-sd15"]],
    ["latent-consistency/lcm-lora-sdv1-5", ["lcm-lora-sdv1-5"]],
    [
      "/cache/models--h1t--TCD-SDXL-LoRA/snapshots/0123456789abcdef0123456789abcdef01234567/pytorch_lora_weights.safetensors",
      ["pytorch-lora-weights", "tcd-sdxl-lora"],
    ],
    [
      "https://hub/ByteDance/Hyper-SD/resolve/main/Hyper-SDXL-2steps-lora.safetensors?download=true",
      ["hyper-sdxl-2steps-lora"],
    ],
    ["lcm/style.safetensors", ["style"]],
  ])("of %s are %j", (source, names) => expect(publishedNames(source)).toEqual(names));
});

/** Published files of LoRAs: method, steps, guidance scale, scheduler, and what else it sets. */
const loras = [
  ["latent-consistency/lcm-lora-sdxl", "lcm-lora", 4, 1, "LCMScheduler", {}],
  ["lcm-lora-ssd-1b.safetensors", "lcm-lora", 4, 1, "LCMScheduler", {}],
  ["pcm_sd15_lcmlike_lora_converted.safetensors", "lcm-lora", 4, 1, "LCMScheduler", {}],
  ["Hyper-SD15-2steps-lora.safetensors", "hyper-sd", 2, 0, "DDIMScheduler", {}],
  ["Hyper-SD15-8steps-lora.safetensors", "hyper-sd", 8, 0, "DDIMScheduler", {}],
  ["Hyper-SDXL-4steps-lora.safetensors", "hyper-sd", 4, 0, "DDIMScheduler", {}],
  ["Hyper-SDXL-1step-lora.safetensors", "hyper-sd-unified", 1, 0, "TCDScheduler", { eta: 1 }],
  ["Hyper-SD15-12steps-CFG-lora.safetensors", "hyper-sd-cfg", 12, 6, "DDIMScheduler", {}],
  ["Hyper-SDXL-8steps-CFG-lora.safetensors", "hyper-sd-cfg", 8, 6, "DDIMScheduler", {}],
  ["h1t/TCD-SD15-LoRA", "tcd", 4, 0, "TCDScheduler", { eta: 0.3 }],
  ["pcm_sd15_smallcfg_16step_converted.safetensors", "pcm", 16, 1, "DDIMScheduler", {}],
  ["pcm_sd15_normalcfg_4step_converted.safetensors", "pcm-normal", 4, 3, "DDIMScheduler", {}],
  ["sdxl_lightning_8step_lora.safetensors", "lightning-lora", 8, 0, "EulerDiscreteScheduler", {}],
  [
    "dmd2_sdxl_4step_lora.safetensors",
    "dmd2-lora",
    4,
    0,
    "LCMScheduler",
    { timesteps: [999, 749, 499, 249] },
  ],
] as const;

/** Published models. */
const models = [
  ["SimianLuo/LCM_Dreamshaper_v7", "lcm", 4, 8, "LCMScheduler", {}],
  ["Lykon/dreamshaper-8-lcm", "lcm-merged", 4, 1, "LCMScheduler", {}],
  ["Hyper-SDXL-1step-Unet.safetensors", "hyper-sdxl-unet", 1, 0, "LCMScheduler", { timesteps: [800] }],
  ["sdxl_lightning_4step.safetensors", "lightning", 4, 0, "EulerDiscreteScheduler", {}],
  ["dreamshaperXL_lightningDPMSDE.safetensors", "lightning", 4, 0, "EulerDiscreteScheduler", {}],
  ["sdxl_lightning_1step_x0.safetensors", "lightning-1step", 1, 0, "EulerDiscreteScheduler", {}],
  ["stabilityai/sd-turbo", "turbo", 1, 0, "EulerAncestralDiscreteScheduler", {}],
  ["sd_xl_turbo_1.0_fp16.safetensors", "turbo", 1, 0, "EulerAncestralDiscreteScheduler", {}],
  [
    "dmd2_sdxl_4step_unet_fp16.safetensors",
    "dmd2",
    4,
    0,
    "LCMScheduler",
    { timesteps: [999, 749, 499, 249] },
  ],
  ["dmd2_sdxl_1step_unet_fp16.safetensors", "dmd2-1step", 1, 0, "LCMScheduler", { timesteps: [399] }],
  ["hansyan/perflow-sd15-dreamshaper", "perflow", 6, 7.5, "PeRFlowScheduler", {}],
  ["IDKiro/sdxs-512-0.9", "sdxs", 1, 0, "EulerDiscreteScheduler", {}],
] as const;

const own: SchedulerConfig = {
  _class_name: "PNDMScheduler",
  beta_schedule: "scaled_linear",
  steps_offset: 1,
};

describe("recogniseFile", () => {
  it.each(loras)(
    "takes %s for %s: %i steps, guidance %d, %s",
    async (source, name, steps, guidance, scheduler, more) => {
      const found = recogniseFile({ file: await openFile(files.lora), source, architecture: "sd1" })!;
      expect(found).toMatchObject({ by: "name", method: { name } });
      expect(methodAcceleration(found).defaults).toMatchObject({ steps, guidanceScale: guidance, ...more });
      expect(methodAcceleration(found).defaults.scheduler(own)).toMatchObject({
        _class_name: scheduler,
        beta_schedule: "scaled_linear",
      });
    },
  );

  it.each([
    "Hyper-FLUX.1-dev-8steps-lora",
    "lightning storm style",
    "lcmidjourney",
    "turbo car",
    "atcd2000",
    "style",
  ])("takes %s for an ordinary LoRA", async (name) => {
    const source = `${name}.safetensors`;
    expect(recogniseFile({ file: await openFile(files.lora), source })).toBeUndefined();
  });

  it("reads the title that a trainer wrote", async () => {
    const tensors = { "lora_unet_x.lora_down.weight": formulaWeight("x", [1, 4]) };
    const file = await openFile(writeSafetensors(tensors, { "modelspec.title": "LCM LoRA SD15" }));
    expect(recogniseFile({ file, source: "renamed.safetensors" })).toMatchObject({
      by: "title",
      method: { name: "lcm-lora" },
    });
  });

  it("recognises LCM-LoRA by its layers, unless a trainer's metadata says that it is a LoCon", async () => {
    const source = "renamed.safetensors";
    const file = await openFile(files.lcmLora);
    expect(recogniseFile({ file, source })).toMatchObject({ by: "layers", method: { name: "lcm-lora" } });
    expect(recogniseFile({ file: { ...file, metadata: { ss_network_dim: "32" } }, source })).toBeUndefined();
    const tensors = new Map(file.tensors);
    tensors.set("lora_te_text_model_encoder.alpha", [...file.tensors.values()][0]!);
    expect(recogniseFile({ file: { ...file, tensors }, source })).toBeUndefined();
  });
});

describe("recogniseModel", () => {
  const model = (changes: object) => ({
    source: "model",
    architecture: "sd1" as const,
    schedulerConfig: own,
    unet,
    ...changes,
  });

  it.each(models)(
    "takes %s for %s: %i steps, guidance %d, %s",
    (source, name, steps, guidance, scheduler, more) => {
      const found = recogniseModel(model({ source }))!;
      expect(found).toMatchObject({ by: "name", method: { name } });
      expect(methodAcceleration(found).defaults).toMatchObject({ steps, guidanceScale: guidance, ...more });
      expect(methodAcceleration(found).defaults.scheduler(own)._class_name).toBe(scheduler);
    },
  );

  it.each([
    [{ _class_name: "LCMScheduler", original_inference_steps: 100 }, "lcm-merged", 4],
    [{ _class_name: "TCDScheduler" }, "tcd-merged", 4],
    [{ _class_name: "EulerDiscreteScheduler", timestep_spacing: "trailing" }, "lightning", 4],
    [{ _class_name: "EulerAncestralDiscreteScheduler", timestep_spacing: "trailing" }, "turbo", 1],
    [{ _class_name: "PeRFlowScheduler", prediction_type: "velocity" }, "perflow", 6],
  ])(
    "gives a model that was saved with %j the settings of %s, and its own scheduler whole",
    (schedulerConfig, name, steps) => {
      const configs = model({ schedulerConfig });
      const found = recogniseModel(configs)!;
      expect(found).toMatchObject({ by: "config", method: { name } });
      expect(modelAcceleration(found, configs, "it").defaults.scheduler(schedulerConfig)).toBe(
        schedulerConfig,
      );
      expect(distilledDefaults(found, configs)).toMatchObject({
        steps,
        scheduler: schedulerConfig._class_name,
      });
    },
  );

  it.each([
    own,
    { _class_name: "EulerDiscreteScheduler", timestep_spacing: "leading" },
    { _class_name: "EulerDiscreteScheduler", timestep_spacing: "trailing", rescale_betas_zero_snr: true },
    { _class_name: "DDIMScheduler", timestep_spacing: "trailing" },
    {},
  ])("takes a model with %j for one of many steps", (schedulerConfig) => {
    expect(recogniseModel(model({ schedulerConfig }))).toBeUndefined();
  });

  it("recognises LCM by its U-Net, and gives it LCM's scheduler if it was saved with another", () => {
    const configs = model({ unet: { ...unet, time_cond_proj_dim: 256 } });
    const found = recogniseModel(configs)!;
    expect(found).toMatchObject({
      by: "config",
      method: { name: "lcm" },
      settings: { guidanceScale: { value: 8 } },
    });
    expect(modelAcceleration(found, configs, "it").defaults.scheduler(own)).toMatchObject({
      _class_name: "LCMScheduler",
      original_inference_steps: 50,
    });
    expect(distilledDefaults(found, configs)).toEqual({ steps: 4, guidanceScale: 8 });
  });

  it("recognises SDXS by its U-Net", () => {
    const small = {
      ...unet,
      mid_block_type: null,
      down_block_types: ["DownBlock2D", "CrossAttnDownBlock2D"],
    };
    expect(recogniseModel(model({ unet: small }))?.method.name).toBe("sdxs");
    expect(recogniseModel(model({ unet: { ...unet, mid_block_type: null } }))).toBeUndefined();
  });

  it("does not let a Lightning model's other spacing through", () => {
    const schedulerConfig = { _class_name: "EulerDiscreteScheduler", timestep_spacing: "leading" };
    const configs = model({ source: "x_xl_lightning_4step", schedulerConfig });
    const acceleration = modelAcceleration(recogniseModel(configs)!, configs, "it");
    expect(acceleration.defaults.scheduler(schedulerConfig).timestep_spacing).toBe("trailing");
  });
});

describe("a method's acceleration", () => {
  const found = { method: fewStepMethods.find(({ name }) => name === "hyper-sd")! };
  const settings = found.method.settings({ steps: 4 });
  const acceleration = methodAcceleration({ ...found, settings }, { label: "hyper" });

  it("takes betas and prediction from the model, and nothing else", () => {
    const model = {
      ...own,
      prediction_type: "v_prediction",
      thresholding: true,
      timestep_spacing: "leading",
    };
    expect(acceleration.defaults.scheduler(model)).toEqual({
      ...methodConfig(model, "DDIMScheduler", settings.scheduler.options),
    });
    expect(acceleration.defaults.scheduler(model)).toMatchObject({
      prediction_type: "v_prediction",
      timestep_spacing: "trailing",
      thresholding: false,
      clip_sample: false,
    });
  });

  it("keeps its spacing with a scheduler of the user's choice", () => {
    const preset = { _class_name: "EulerDiscreteScheduler", timestep_spacing: "leading" };
    expect(acceleration.defaults.scheduler(own, preset)).toEqual({ ...preset, timestep_spacing: "trailing" });
  });

  it("warns of steps and guidance that it was not made for", () => {
    const check = (steps: number, guidanceScale: number) =>
      acceleration.check!({ steps, guidanceScale } as never).map(({ code, message }) => `${code} ${message}`);
    expect(check(4, 0)).toEqual([]);
    expect(check(4, 1)).toEqual([]);
    expect(check(25, 7.5)).toEqual([
      expect.stringMatching(/^METHOD_RANGE steps 25: Hyper-SD was made for 4,/),
      expect.stringMatching(/^METHOD_RANGE guidanceScale 7.5: Hyper-SD was made for 0 to 1,/),
    ]);
  });

  it("writes its name and file into the text of an image", () => {
    expect(acceleration.parameters!({} as never)).toEqual({
      Acceleration: "hyper-sd",
      "Acceleration file": "hyper",
    });
  });

  it("warns of a licence that restricts commerce", () => {
    const named = (name: string) => fewStepMethods.find((method) => method.name === name)!;
    expect(licenseWarnings("x", named("dmd2-lora"))[0]!.message).toMatch(
      /DMD2 LoRA \(cc-by-nc-4.0\) restricts commercial use/,
    );
    expect(licenseWarnings("x", named("lcm-lora"))).toEqual([]);
  });

  it("tells what was recognised, what it sets, and how to be without", () => {
    expect(recognisedWarning("hyper.safetensors", { ...found, settings, by: "name" }).message).toBe(
      "hyper.safetensors looks like Hyper-SD, by its name: 4 steps, DDIMScheduler, no guidance are now the default. Set " +
        "acceleration to false, or to another method, if it is not",
    );
  });
});

it("gives every method another name", () => {
  const names = fewStepMethods.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
