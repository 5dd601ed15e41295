// Hyper-SD (Ren et al. 2024, arXiv 2404.13686). Settings: the README of its repository.

import { exactly, type FewStepMethod, unguided } from "./method.js";
import { ddimTrailing, tcd } from "./schedulers.js";

const published = {
  form: "lora",
  license: { id: "openrail++" },
  source: "https://huggingface.co/ByteDance/Hyper-SD",
} as const;

export const hyperSd: FewStepMethod = {
  ...published,
  name: "hyper-sd",
  title: "Hyper-SD",
  fileNames: [/hyper-sd(15|xl)?-(?<steps>[248])-?steps?(-lora|$)/],
  settings: ({ steps = 4 }) => ({
    scheduler: ddimTrailing,
    steps: exactly(steps),
    guidanceScale: unguided,
  }),
};

/** One LoRA for 1 to 8 steps. */
export const hyperSdUnified: FewStepMethod = {
  ...published,
  name: "hyper-sd-unified",
  title: "Hyper-SD unified",
  fileNames: [/hyper-sd(15|xl)?-1-?steps?(-lora|$)/],
  settings: () => ({
    scheduler: tcd,
    steps: { value: 1, from: 1, to: 8 },
    guidanceScale: unguided,
    eta: 1,
  }),
};

/** The LoRAs that keep guidance and negative prompts, at twice the evaluations. */
export const hyperSdCfg: FewStepMethod = {
  ...published,
  name: "hyper-sd-cfg",
  title: "Hyper-SD with guidance",
  fileNames: [/hyper-sd(15|xl)?-(?<steps>8|12)-?steps?-cfg/],
  settings: ({ steps = 8 }) => ({
    scheduler: ddimTrailing,
    steps: exactly(steps),
    guidanceScale: { value: 6, from: 5, to: 8 },
  }),
};
