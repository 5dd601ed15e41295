// SDXL-Lightning (Lin et al. 2024, arXiv 2402.13929).

import { exactly, type FewStepMethod, unguided } from "./method.js";
import { savedWith } from "./saved-with.js";
import { eulerTrailing } from "./schedulers.js";

const published = {
  license: { id: "openrail++" },
  source: "https://huggingface.co/ByteDance/SDXL-Lightning",
};

const settings: FewStepMethod["settings"] = ({ steps = 4 }) => ({
  scheduler: eulerTrailing,
  steps: exactly(steps),
  guidanceScale: unguided,
});

export const lightningLora: FewStepMethod = {
  ...published,
  name: "lightning-lora",
  title: "SDXL-Lightning LoRA",
  form: "lora",
  fileNames: [/(sdxl|xl)-?lightning-(?<steps>[248])-?steps?/],
  settings,
};

/** A whole model or a U-Net, for 2 to 8 steps, and models that a Lightning LoRA was merged into. */
export const lightning: FewStepMethod = {
  ...published,
  name: "lightning",
  title: "SDXL-Lightning",
  form: "model",
  fileNames: [/lightning-(?<steps>[248])-?steps?/, /xl.*lightning/],
  fitsModel: savedWith("EulerDiscreteScheduler", "trailing"),
  settings,
};

/** The model for one step predicts the image. */
export const lightningOneStep: FewStepMethod = {
  ...published,
  name: "lightning-1step",
  title: "SDXL-Lightning for one step",
  form: "model",
  fileNames: [/lightning-1-?steps?(-|$)/],
  settings: () => ({
    scheduler: {
      ...eulerTrailing,
      options: { ...eulerTrailing.options, prediction_type: "sample" },
    },
    steps: exactly(1),
    guidanceScale: unguided,
  }),
};
