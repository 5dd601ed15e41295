import { type FewStepMethod, unguided } from "./method.js";
import { savedWith } from "./saved-with.js";
import { eulerAncestralTrailing } from "./schedulers.js";

/** SDXL-Turbo and SD-Turbo: adversarial diffusion distillation (Sauer et al. 2023, arXiv 2311.17042). */
export const turbo: FewStepMethod = {
  name: "turbo",
  title: "Turbo",
  form: "model",
  fileNames: [/^(sd|sdxl|sd-xl)-turbo/],
  fitsModel: savedWith("EulerAncestralDiscreteScheduler", "trailing"),
  settings: () => ({
    scheduler: eulerAncestralTrailing,
    steps: { value: 1, from: 1, to: 4 },
    guidanceScale: unguided,
  }),
  license: { id: "sai-nc-community", restrictsCommerce: true },
  source: "https://huggingface.co/stabilityai/sdxl-turbo",
};
