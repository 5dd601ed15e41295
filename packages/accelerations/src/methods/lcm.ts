import { isLcmLora } from "./lcm-layers.js";
import { exactly, type FewStepMethod, unguided } from "./method.js";
import { savedWith } from "./saved-with.js";
import { lcm } from "./schedulers.js";

const license = { id: "openrail++" };

/** LCM-LoRA (Luo et al. 2023, arXiv 2311.05556), of Stable Diffusion 1.5, XL and SSD-1B. */
export const lcmLora: FewStepMethod = {
  name: "lcm-lora",
  title: "LCM-LoRA",
  form: "lora",
  fileNames: [/(^|-)lcm-?(lora|sd|xl|ssd)|lora-lcm(-|$)|lcmlike|(^|-)lcm$/],
  fits: isLcmLora,
  settings: () => ({
    scheduler: lcm,
    steps: { value: 4, from: 2, to: 8 },
    guidanceScale: { value: 1, from: 0, to: 2 },
  }),
  license,
  source: "https://huggingface.co/latent-consistency/lcm-lora-sdv1-5",
};

/** A latent consistency model (Luo et al. 2023, arXiv 2310.04378) whose U-Net takes the guidance scale as an input. */
export const lcmModel: FewStepMethod = {
  name: "lcm",
  title: "LCM",
  form: "model",
  fileNames: [/^lcm-dreamshaper-v7/],
  fitsModel: ({ unet }) => unet.time_cond_proj_dim !== null,
  settings: () => ({
    scheduler: lcm,
    steps: { value: 4, from: 1, to: 8 },
    guidanceScale: { value: 8, from: 3, to: 13 },
  }),
  license: { id: "mit" },
  source: "https://huggingface.co/SimianLuo/LCM_Dreamshaper_v7",
};

/** A model that an LCM-LoRA was merged into, or that was distilled without an input for guidance. */
export const lcmMerged: FewStepMethod = {
  name: "lcm-merged",
  title: "LCM without guidance",
  form: "model",
  fileNames: [/-lcm$/],
  fitsModel: savedWith("LCMScheduler"),
  settings: () => ({
    scheduler: lcm,
    steps: { value: 4, from: 2, to: 8 },
    guidanceScale: { value: 1, from: 0, to: 2 },
  }),
  license,
  source: "https://huggingface.co/Lykon/dreamshaper-8-lcm",
};

/** Hyper-SD's U-Net for one step (Ren et al. 2024, arXiv 2404.13686), which starts at timestep 800. */
export const hyperSdxlUNet: FewStepMethod = {
  name: "hyper-sdxl-unet",
  title: "Hyper-SDXL for one step",
  form: "model",
  fileNames: [/^hyper-sdxl-1-?steps?-unet/],
  settings: () => ({
    scheduler: lcm,
    steps: exactly(1),
    guidanceScale: unguided,
    timesteps: [800],
  }),
  license,
  source: "https://huggingface.co/ByteDance/Hyper-SD",
};
