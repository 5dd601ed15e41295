import { type FewStepMethod, unguided } from "./method.js";
import { savedWith } from "./saved-with.js";
import { tcd } from "./schedulers.js";

/** Trajectory consistency distillation (Zheng et al. 2024, arXiv 2402.19159). */
export const tcdLora: FewStepMethod = {
  name: "tcd",
  title: "TCD",
  form: "lora",
  fileNames: [/(^|-)tcd(-|$)/],
  settings: () => ({
    scheduler: tcd,
    steps: { value: 4, from: 2, to: 50 },
    guidanceScale: unguided,
    eta: 0.3,
  }),
  license: { id: "mit" },
  source: "https://huggingface.co/h1t/TCD-SD15-LoRA",
};

/** A model that was saved with TCD's scheduler. */
export const tcdModel: FewStepMethod = {
  ...tcdLora,
  name: "tcd-merged",
  title: "TCD, merged",
  form: "model",
  fitsModel: savedWith("TCDScheduler"),
};
