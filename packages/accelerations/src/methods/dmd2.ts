// Improved distribution matching distillation (Yin et al. 2024, arXiv 2405.14867).

import { exactly, type FewStepMethod, unguided } from "./method.js";
import { lcm } from "./schedulers.js";

const published = {
  license: { id: "cc-by-nc-4.0", restrictsCommerce: true },
  source: "https://huggingface.co/tianweiy/DMD2",
};

export const dmd2Lora: FewStepMethod = {
  ...published,
  name: "dmd2-lora",
  title: "DMD2 LoRA",
  form: "lora",
  fileNames: [/(^|-)dmd2?-/],
  settings: () => ({
    scheduler: lcm,
    steps: exactly(4),
    guidanceScale: unguided,
    timesteps: [999, 749, 499, 249],
  }),
};

export const dmd2: FewStepMethod = {
  ...dmd2Lora,
  name: "dmd2",
  title: "DMD2",
  form: "model",
  fileNames: [/(^|-)dmd2-.*4-?steps?/],
};

export const dmd2OneStep: FewStepMethod = {
  ...published,
  name: "dmd2-1step",
  title: "DMD2 for one step",
  form: "model",
  fileNames: [/(^|-)dmd2-.*1-?steps?/],
  settings: () => ({
    scheduler: lcm,
    steps: exactly(1),
    guidanceScale: unguided,
    timesteps: [399],
  }),
};
